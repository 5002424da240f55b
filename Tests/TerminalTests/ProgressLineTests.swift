import Synchronization
import Terminal
import Testing

@Suite struct ProgressLineTests {
    private func written(width: Int?, _ work: (ProgressLine) -> Void) -> String {
        let recorder = Recorder()
        let console = Console(
            width: nil, errorWidth: width, allowsColor: true, output: { _ in }, errors: { recorder.add($0) })
        work(ProgressLine(console))
        return recorder.text
    }

    @Test func `a terminal's line is rewritten in place and never wraps`() {
        let text = written(width: 10) {
            $0.show("half")
            $0.show("half")
            $0.show("three quarters")
            $0.end("done")
        }
        #expect(text == "\r\u{1B}[2Khalf\r\u{1B}[2Kthree qu…\r\u{1B}[2Kdone\n")
    }

    @Test func `elsewhere each new text is a line`() {
        let text = written(width: nil) {
            $0.show("half")
            $0.show("half")
            $0.show("all")
            $0.end("done")
        }
        #expect(text == "half\nall\ndone\n")
    }

    @Test func `a line that ends without a text leaves nothing on a terminal`() {
        #expect(
            written(width: 10) {
                $0.show("half")
                $0.end()
            } == "\r\u{1B}[2Khalf\r\u{1B}[2K")
        #expect(written(width: 10) { $0.end() } == "")
    }

    private final class Recorder: Sendable {
        private let state = Mutex("")

        var text: String { state.withLock { $0 } }

        func add(_ more: String) { state.withLock { $0 += more } }
    }
}

import Synchronization
import Telemetry
import Testing

@Suite struct LogTests {
    /// What a log with this level wrote, in a format.
    private func lines(_ level: Log.Level, _ format: Log.Format, _ work: (Log) -> Void) -> [String] {
        let recorder = Recorder()
        work(Log(level: level) { recorder.add($0, format) })
        return recorder.lines
    }

    private func line(_ message: String, _ fields: [(String, String)], _ format: Log.Format) -> String {
        let time = Log.Timestamp(seconds: 1_795_471_382, nanoseconds: 45_600_000)
        return Log.Entry(time: time, level: .warning, message: message, fields: fields).line(format)
    }

    @Test func `entries below the level are not written`() {
        let written = lines(.warning, .text) {
            $0.debug("a")
            $0.info("b")
            $0.warning("c")
            $0.error("d")
        }
        #expect(written.map { $0.split(separator: " ").suffix(2).joined(separator: " ") } == ["warning c", "error d"])
    }

    @Test func `an entry is one line, for people or for programs`() {
        let fields = [("run", "17"), ("why", "no \"slot\""), ("empty", "")]
        #expect(
            line("waits", fields, .text)
                == #"2026-11-23T22:03:02.045Z warning waits run=17 why="no \"slot\"" empty="""#)
        #expect(
            line("waits", fields, .json)
                == #"{"time":"2026-11-23T22:03:02.045Z","level":"warning","message":"waits","#
                + #""run":"17","why":"no \"slot\"","empty":""}"#)
    }

    @Test(arguments: [Log.Format.text, .json])
    func `no text can make one entry look like two`(format: Log.Format) {
        let hostile = "a\nb\r\u{1B}[2Jc\u{85}\u{9B}d\u{2028}e"
        let written = line(hostile, [("field", hostile), ("other", "\n")], format)
        #expect(written.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        #expect(!written.unicodeScalars.contains("\u{2028}"))
    }

    @Test func `a field cannot stand for the entry's own`() {
        let written = line("real", [("message", "false"), ("level", "debug")], .json)
        #expect(written.contains(#""message":"real","field_message":"false","field_level":"debug"}"#))
    }

    @Test func `a text that is too long is cut`() {
        let written = line(String(repeating: "ä", count: Log.longestText + 1), [], .text)
        #expect(written.hasSuffix("ää…"))
        #expect(written.count(where: { $0 == "ä" }) == Log.longestText)
    }

    @Test func `a log with fields gives them to each entry`() {
        let written = lines(.debug, .text) { $0.with(["run": "17"]).with(["try": "2"]).info("ended", ["rows": "3"]) }
        #expect(written.map { $0.contains(" info ended run=17 try=2 rows=3") } == [true])
    }

    private final class Recorder: Sendable {
        private let state = Mutex<[String]>([])

        var lines: [String] { state.withLock(\.self) }

        func add(_ entry: Log.Entry, _ format: Log.Format) { state.withLock { $0.append(entry.line(format)) } }
    }
}

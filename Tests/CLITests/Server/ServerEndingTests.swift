import HTTPServer
import Synchronization
import Telemetry
import Testing

@testable import CLI

/// Lines of a log.
private final class Lines: Sendable {
    private let all = Mutex<[String]>([])

    var text: [String] { all.withLock { $0 } }
    var log: Log { Log(level: .debug) { entry in self.all.withLock { $0.append(entry.line(.text)) } } }
}

private struct Broken: Error, CustomStringConvertible {
    let description = "a file has a mistake"
}

@Suite struct ServerEndingTests {
    @Test func `a part that cannot go on is told of, and takes the process with it in good order`() async {
        let lines = Lines()
        let stops = Atomic(0)
        let ending = ServerEnding(log: lines.log) { stops.add(1, ordering: .relaxed) }
        await ending.watch("the read models cannot be kept up") { throw Broken() }
        await ending.watch("another part cannot go on") { throw CancellationError() }
        #expect(throws: Broken.self) { try ending.check() }
        #expect(lines.text.count == 2)
        #expect(lines.text[0].contains("stops: the read models cannot be kept up"))
        #expect(lines.text[0].contains("a file has a mistake"))
        #expect(stops.load(ordering: .relaxed) == 2)
    }

    @Test func `what a part says when it is stopped is no reason`() async throws {
        let lines = Lines()
        let ending = ServerEnding(log: lines.log) {}
        let part = Task {
            await ending.watch("a part cannot go on") {
                do { try await Task.sleep(for: .seconds(600)) } catch { throw Broken() }
            }
        }
        part.cancel()
        await part.value
        try ending.check()
        #expect(lines.text.isEmpty)
    }

    @Test func `what harms clients stands out in the log, and descriptors that ran out once a minute`() {
        let lines = Lines()
        let notices = NoticeLog(lines.log)
        let start = ContinuousClock.now
        notices.add(.library("a client hung up"))
        notices.add(.streamFailed(route: "/api/v1/audit/export", error: Broken()))
        for tenth in 0..<601 {
            notices.add(.acceptFailed("Too many open files"), now: start + .milliseconds(100) * tenth)
        }
        let levels = lines.text.map { line in
            ["debug", "warning", "error"].first { line.lowercased().contains($0) } ?? line
        }
        #expect(levels == ["debug", "warning", "error", "error"], "\(lines.text)")
    }
}

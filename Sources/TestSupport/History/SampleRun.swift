import Domain
import FoundationEssentials

/// One run of a sample history, from its request to its end.
struct SampleRun: Sendable {
    private var stream: SampleStream<RunDecider>
    /// What is still to come, the next one last.
    private var commands: [RunCommand]

    var isOver: Bool { commands.isEmpty }

    init(_ request: RunRequested, _ writer: inout SampleWriter) {
        let id = writer.makeID(RunID.self)
        stream = SampleStream(id: "\(id)")
        commands = ([.request(request)] + Self.course(&writer)).reversed()
    }

    /// The run's next step; `isOver` must be false.
    mutating func next() -> SampleCommand {
        stream.carryOut(commands.removeLast())
    }

    /// What happens to a run: most go well, some wait, fail, are tried again, cancelled, timed out or lost.
    private static func course(_ writer: inout SampleWriter) -> [RunCommand] {
        var course: [RunCommand] = []
        let fate = Int.random(in: 0..<100, using: &writer.random)
        if fate < 15 { course.append(.queue(RunQueued(reason: .runnerFull, message: "64 runs are under way"))) }
        if fate == 15 {
            return course + [
                .requestCancel(reason: "asked for twice"), .confirmCancel(RunCancelled(proof: .notDispatched)),
            ]
        }
        course.append(.admit)
        course += attempt(1, &writer)
        switch fate {
        case 84..<90:
            course += [.failAttempt(syntaxError), .fail(syntaxError)]
        case 90..<94:
            course += [.failAttempt(nodeFailure), .scheduleRetry(at: writer.now.addingTimeInterval(30))]
            course += attempt(2, &writer) + [.succeed(result(&writer))]
        case 94..<97:
            course += [
                .requestCancel(reason: "no longer needed"), .confirmCancel(RunCancelled(proof: .engineConfirmed)),
            ]
        case 97: course.append(.timeOut(RunTimedOut(proof: .engineConfirmed)))
        case 98: course += [.adopt(epoch: 2), .succeed(result(&writer))]
        case 99:
            course += [
                .reportUnknown(reason: "the engine does not know the attempt any more"),
                .resolve(RunResolution(outcome: .succeeded, reason: "its table was written")),
            ]
        default: course.append(.succeed(result(&writer)))
        }
        return course
    }

    private static func attempt(_ number: Int, _ writer: inout SampleWriter) -> [RunCommand] {
        let attempt = writer.makeID(AttemptID.self)
        let query = "20260303_\(String(UInt32.random(in: 0...UInt32.max, using: &writer.random), radix: 36))"
        return [
            .intendDispatch(
                RunDispatchIntended(
                    attempt: attempt, number: number, engine: .trino, fingerprint: digest(&writer), epoch: 1)),
            .recordDispatch(
                RunDispatched(
                    attempt: attempt, externalID: query, link: "https://trino.example:8443/ui/query.html?\(query)")),
            .recordStart,
            .recordProgress(
                RunProgress(
                    state: "RUNNING", percent: Int.random(in: 10..<90, using: &writer.random),
                    rowsProcessed: Int64.random(in: 1_000..<9_000_000, using: &writer.random),
                    bytesProcessed: Int64.random(in: 100_000..<900_000_000, using: &writer.random))),
        ]
    }

    private static func result(_ writer: inout SampleWriter) -> RunResult {
        RunResult(
            columns: [
                ResultColumn(name: "region", type: "varchar(40)"), ResultColumn(name: "total", type: "decimal(38,2)"),
            ],
            rowCount: Int.random(in: 1...1_000, using: &writer.random), isTruncated: false, digest: digest(&writer),
            updateCount: nil)
    }

    private static func digest(_ writer: inout SampleWriter) -> String {
        (0..<4).map { _ in
            let digits = String(writer.random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static let syntaxError = RunFailure(
        code: "COLUMN_NOT_FOUND", fault: .user, message: "line 1:8: Column 'regoin' cannot be resolved",
        isRetryable: false)
    private static let nodeFailure = RunFailure(
        code: "REMOTE_TASK_ERROR", fault: .infrastructure, message: "a worker went away", isRetryable: true)
}

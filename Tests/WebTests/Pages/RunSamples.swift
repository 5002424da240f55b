import ControlPlane
import Domain
import EventSourcing
import Foundation
import Testing
import Web

/// Runs and histories that pages are shown with.
enum RunSamples {
    static let start = Date(timeIntervalSince1970: 1_772_600_767.25)
    static let now = start + 95
    static let position = LivePosition(
        seq: 4_711, epoch: StoreEpoch(id(RunID.self, 9).uuid))
    static let workspace = id(WorkspaceID.self, 1)
    static let job = id(JobID.self, 2)
    static let connection = id(ConnectionID.self, 3)

    static func id<Subject>(_ type: Identifier<Subject>.Type, _ number: Int) -> Identifier<Subject> {
        let digits = String(number)
        let text = "0195c000-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
        guard let id = Identifier<Subject>(text) else { preconditionFailure("\(text) is a UUID") }
        return id
    }

    /// A run that went well, where nothing else is said.
    static func run(
        _ number: Int, _ status: String = "succeeded", job jobName: String = "daily revenue",
        failure: RunFailure? = nil, result: RunResult? = nil, queueReason: String? = nil, progress: RunProgress? = nil,
        link: String? = nil, cancelReason: String? = nil, unknownReason: String? = nil, ended: TimeInterval? = 4.2
    ) -> RunView {
        RunView(
            id: id(RunID.self, 100 + number), workspace: workspace, workspaceName: "finance", job: job,
            jobName: jobName, jobVersion: 3, connection: connection, engine: .trino,
            statement: "SELECT region, sum(amount)\nFROM sales\nWHERE day = DATE '2026-03-03'\nGROUP BY region",
            status: status, queueReason: queueReason, attempts: 1, attempt: id(AttemptID.self, 200 + number),
            externalID: "20260304_050607_00012_abcde", link: link, progress: progress, cancelReason: cancelReason,
            failure: failure, unknownReason: unknownReason, result: result, requestedBy: "system:local",
            requestedAt: start, startedAt: start + 0.4, endedAt: ended.map { start + $0 }, deadline: start + 3_600,
            version: 7)
    }

    static let result = RunResult(
        columns: [
            ResultColumn(name: "region", type: "varchar"), ResultColumn(name: "amount", type: "decimal(38,2)"),
            ResultColumn(name: "tags", type: "array(varchar)"),
        ], rowCount: 3, isTruncated: false, digest: String(repeating: "ab", count: 32), updateCount: nil)

    static let rows = [
        #"["north",12345678901234567890123.10,["a","b"]]"#, #"["south & <east>",0.5,null]"#, #"[null,-1,[]]"#,
    ]

    static let failure = RunFailure(
        code: "TABLE_NOT_FOUND", fault: .user, message: "line 2:6: Table 'lake.public.sales' does not exist",
        isRetryable: false)

    /// The envelopes of events, each so many seconds after the start.
    static func history(_ events: [(TimeInterval, RunEvent)], run number: Int) throws -> [EventEnvelope] {
        try events.enumerated().map { index, entry in
            EventEnvelope(
                seq: Int64(40 + index * 3), stream: StreamName(category: "run", id: "\(id(RunID.self, 100 + number))"),
                version: index + 1, recordedAt: start + entry.0, event: try RunCodec.encode(entry.1),
                metadata: EventMetadata(actor: index == 0 ? "system:local" : "service:saga"))
        }
    }

    static let requested = RunRequested(
        workspace: workspace, job: job, jobVersion: 3, connection: connection, engine: .trino, statement: "SELECT 1",
        arguments: [:], deadline: start + 3_600, maximumAttempts: 2, resultLimits: .standard)

    static func intended(_ number: Int) -> RunEvent {
        .dispatchIntended(
            RunDispatchIntended(
                attempt: id(AttemptID.self, 200 + number), number: number, engine: .trino, fingerprint: "f", epoch: 4))
    }

    static func dispatched(_ number: Int) -> RunEvent {
        .dispatched(
            RunDispatched(
                attempt: id(AttemptID.self, 200 + number), externalID: "20260304_050607_00012_abcde", link: nil))
    }
}

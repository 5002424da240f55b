import Domain
import EventSourcing
import Foundation

/// One event as an example of its type, with its way through the codec.
struct EventSample: Sendable, CustomStringConvertible {
    let type: String
    let schemaVersion: Int
    /// Where its stored form is kept, below Golden.
    let file: String
    let encode: @Sendable () throws -> EncodedEvent
    /// Whether a stored form is this event.
    let isStored: @Sendable (EncodedEvent) throws -> Bool

    var description: String { file }

    /// - Parameter variant: What is special about it; nil for the fullest example of a type.
    init<Codec: EventCodec & SendableMetatype>(_ codec: Codec.Type, _ event: Codec.Event, variant: String? = nil) {
        let payload = Swift.type(of: Codec.payload(of: event))
        type = payload.type
        schemaVersion = payload.schemaVersion
        file = "events/\(payload.type).v\(payload.schemaVersion)\(variant.map { ".\($0)" } ?? "").json"
        encode = { try Codec.encode(event) }
        isStored = { try Codec.decode($0) == event }
    }

    static let all: [EventSample] = workspace + connection + job + runPreparation + runAttempt + runEnding + others

    private static let workspace = [
        EventSample(
            WorkspaceCodec.self, .created(WorkspaceCreated(name: "Grid “Nord” / 電力", description: "Line 1\nLine 2"))),
        EventSample(WorkspaceCodec.self, .described(WorkspaceDescribed(description: ""))),
    ]

    private static let connection = [
        EventSample(ConnectionCodec.self, .created(.trino), variant: "trino"),
        EventSample(ConnectionCodec.self, .created(.plainTrino), variant: "trino-plain"),
        EventSample(ConnectionCodec.self, .created(.postgres), variant: "postgres"),
        EventSample(ConnectionCodec.self, .checked(.healthy)),
        EventSample(ConnectionCodec.self, .checked(.unhealthy), variant: "unhealthy"),
    ]

    private static let job = [
        EventSample(JobCodec.self, .created(JobCreated(workspace: .sample, name: "daily load"))),
        EventSample(JobCodec.self, .versionPublished(JobVersionPublished(version: 1, definition: .everyKind))),
        EventSample(
            JobCodec.self,
            .versionPublished(
                JobVersionPublished(version: 2, definition: JobDefinition(connection: .sample, sql: "SELECT 1"))),
            variant: "least"),
    ]

    private static let others = [
        EventSample(
            SecurityCodec.self,
            .commandRefused(
                CommandRefused(command: "POST /api/v1/workspaces", code: "name-invalid", message: "name is empty"))),
        EventSample(
            SecurityCodec.self,
            .auditExported(
                AuditExported(treeSize: 1_000_000, checkpoint: 42, afterSeq: 0, filter: "actor user:ada"))),
        EventSample(
            SystemCodec.self,
            .storeInitialised(StoreInitialised(epoch: "7d444840-9dc0-11d1-b245-5ffdce74fad2", migration: 6))),
        EventSample(
            SystemCodec.self,
            .storeRestored(
                StoreRestored(
                    formerEpoch: "7d444840-9dc0-11d1-b245-5ffdce74fad2", epoch: "0f6a1d0e-9dc0-41d1-8245-5ffdce74fad2",
                    throughSeq: 1_000_000_007, reason: "disk of db-1 failed; restored the backup of 03:00"))),
        EventSample(SystemCodec.self, .leaseAcquired(LeaseAcquired(lease: "saga", owner: "host-1/42", epoch: 7))),
        EventSample(
            SystemCodec.self,
            .projectionRebuilt(ProjectionRebuilt(projection: "run_summary", version: 3, throughSeq: 1_000_000_007))),
        EventSample(
            SystemCodec.self,
            .projectionSwitched(
                ProjectionSwitched(
                    projection: "run_summary", version: 3, generation: 4, comparedSeq: 1_000_000_007,
                    contentDigest: "5a5a", isDifferent: false))),
        EventSample(
            SystemCodec.self,
            .eventParked(
                EventParked(
                    projection: "run_summary", generation: 4, stream: "run-0192f3a4-5b6c-7d8e-9f00-112233445566",
                    seq: 1_000_000_007, eventType: "run.started", sqlState: "22P02"))),
        EventSample(
            SystemCodec.self,
            .parkedRetried(
                ParkedRetried(
                    projection: "run_summary", generation: 4, stream: "run-0192f3a4-5b6c-7d8e-9f00-112233445566",
                    fromSeq: 1_000_000_007, throughSeq: 1_000_000_009))),
    ]
}

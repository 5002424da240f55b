import Cryptography
import EventSourcing
import Foundation
import Postgres
import Telemetry
import TestSupport
import Testing

@testable import ControlPlane
@testable import Persistence

/// A log of one test with its evidence: 18 events in 6 blocks of 3, sealed after the 2nd, 4th and 6th block, and once
/// more when nothing had happened.
struct SealedLog: Sendable {
    let log: ProjectedLog
    let store: PostgresLedgerStore
    let key: CheckpointKey
    let fence: LeaseFence

    static func run(_ work: (SealedLog) async throws -> Void) async throws {
        try await ProjectedLog.run { log in
            let sealed = try await SealedLog(log)
            for block in 1...6 {
                try await sealed.append(3)
                if block.isMultiple(of: 2) { try await sealed.seal() }
            }
            try await sealed.seal()
            try await work(sealed)
        }
    }

    /// An empty log, of which nothing is sealed.
    init(_ log: ProjectedLog) async throws {
        self.log = log
        store = PostgresLedgerStore(pool: log.pool)
        key = try CheckpointKey(CheckpointKey.generate(name: "weir.test").text)
        guard let fence = try await log.leases.acquire("sealer", owner: "test", duration: .seconds(600)) else {
            throw CancellationError()
        }
        self.fence = fence
    }

    /// Appends a block of so many events, each of a stream of its own but the first.
    func append(_ count: Int, payload: String = #"{"amount":"12.50","note":"line\nbreak \"quoted\" é \u0000"}"#)
        async throws
    {
        let writes = (0..<count).map { index in
            StreamWrite(
                stream: StreamName(category: "run", id: index == 0 ? "first" : UUID().uuidString.lowercased()),
                expected: .any, events: [EncodedEvent(type: "run.requested", schemaVersion: 1, payload: payload)])
        }
        _ = try await log.events.append(
            AppendRequest(writes: writes, metadata: EventMetadata(actor: "user:ada", requestID: "x\u{0}")))
    }

    var plan: SealingPlan { SealingPlan(keys: [key], interval: .zero, quietInterval: .zero) }

    /// Signs one checkpoint, as a sealer that has just started.
    func seal() async throws {
        var sealing = try await Sealing.resume(store, plan)
        #expect(try await sealing.seal(fence))
    }

    func checkpoints() async throws -> [KeptCheckpoint] { try await store.checkpoints(after: 0, limit: 1_000) }

    /// The whole bundle, as it is exported.
    func bundle(filter: BundleFilter? = nil) async throws -> [UInt8] {
        // As a server that has just started: one that runs may have seen more than a log that was cut.
        var service = log.administrator
        service.settings["role"] = ProjectedLog.serviceRole
        let events = PostgresEventStore(service, pool: log.pool)
        defer { events.close() }
        let exports = LedgerExports(ledger: store, transactor: Transactor(store: events), environment: .live)
        let header = try await exports.begin(
            after: 0, treeSize: nil, checkpoint: nil, filter: filter, metadata: EventMetadata(actor: "user:auditor"))
        var text = ""
        try await exports.write(header, after: 0) { text += $0 }
        return Array(text.utf8)
    }

    func verify(
        _ bundle: [UInt8], witnessed: [KeptCheckpoint] = [], seq: Int64? = nil
    ) async throws -> VerificationReport {
        let checkpoints = try witnessed.map { try Checkpoint(note: $0.note, signedByOneOf: [key.verifier]) }
        let expectation = BundleExpectation(
            keys: [key.verifier], witnessed: checkpoints, exportedAt: Date() + 3_600, seq: seq)
        return try await Self.verify(bundle, expectation)
    }

    /// - Parameter piece: How many bytes are read at a time.
    static func verify(
        _ bundle: [UInt8], _ expectation: BundleExpectation, piece: Int = 1_000
    ) async throws -> VerificationReport {
        var rest = bundle[...]
        return try await BundleVerification.run(expectation) {
            defer { rest = rest.dropFirst(piece) }
            return rest.isEmpty ? nil : Array(rest.prefix(piece))
        }
    }

    /// As somebody who may do everything to the database, with the triggers off.
    func tamper(_ script: String) async throws {
        let connection = try await PostgresConnection.connect(log.administrator)
        defer { connection.close() }
        try await connection.execute(script: "SET session_replication_role = replica;\n" + script)
    }
}

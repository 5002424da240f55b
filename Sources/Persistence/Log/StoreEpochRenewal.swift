import ControlPlane
import Domain
package import EventSourcing
import FoundationEssentials
package import Postgres

/// Begins a new store epoch after a restore: what the former log's processes and readers know of it is refused.
package struct StoreEpochRenewal: Sendable {
    /// What was done.
    package struct Outcome: Hashable, Sendable {
        package let former: StoreEpoch
        package let epoch: StoreEpoch
        /// The last event that the restored log has.
        package let throughSeq: Int64
        /// The event that tells of it.
        package let receipt: AppendReceipt
    }

    /// The longest reason, in UTF-8 bytes.
    package static let maximumReason = 1_000

    private var owner: PostgresConfiguration

    /// - Parameter owner: As the role that owns the schema.
    package init(owner: PostgresConfiguration) {
        self.owner = owner
        // Whoever still appends holds the log for an instant only.
        self.owner.settings["lock_timeout"] = "10s"
    }

    /// The new epoch and its event come into being together.
    ///
    /// - Parameter actor: The principal on whose word it is done.
    package func run(reason: String, actor: String) async throws -> Outcome {
        let connection = try await PostgresConnection.connect(owner)
        defer { connection.close() }
        return try await connection.withTransaction { connection in
            try await connection.query("SELECT FROM log_store FOR UPDATE")
            let row = try await connection.query(StoreIdentity.query).first
            let renewed = try await connection.query("SELECT renew_store_epoch() AS store_epoch").first
            guard let row, let renewed else { throw EventStoreError.corrupt("the table log_store is empty") }
            let former = StoreEpoch(try row.decode("store_epoch", as: UUID.self))
            let epoch = StoreEpoch(try renewed.decode("store_epoch", as: UUID.self))
            let seq: Int64 = try row.decode("seq")
            let restored = StoreRestored(
                formerEpoch: former.description, epoch: epoch.description, throughSeq: seq, reason: reason)
            let receipt = try await note(restored, epoch: epoch, seq: seq, actor: actor, on: connection)
            return Outcome(former: former, epoch: epoch, throughSeq: seq, receipt: receipt)
        }
    }

    private func note(
        _ restored: StoreRestored, epoch: StoreEpoch, seq: Int64, actor: String, on connection: PostgresConnection
    ) async throws -> AppendReceipt {
        let command = SystemCommand.noteRestore(restored)
        var metadata = EventMetadata(actor: actor)
        metadata.command = SystemDecider.name(of: command)
        let request = AppendRequest(
            writes: [
                StreamWrite(
                    stream: StreamName(category: SystemCodec.category, id: StoreInitialisation.stream), expected: .any,
                    events: try SystemDecider.decide(command, SystemDecider.initial).map(SystemCodec.encode))
            ], metadata: metadata)
        let limits = EventStoreLimits()
        let batch = AppendBatch([try EncodedRequest(request)], limits: limits, epoch: epoch, seenSeq: seq)
        let row = try await connection.query(AppendBatch.sql, batch.parameters).first
        guard let row, case .appended(let receipt) = try AppendOutcome(row, of: request, limits) else {
            throw EventStoreError.corrupt("the event of the new epoch was refused")
        }
        return receipt
    }
}

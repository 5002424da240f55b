import EventSourcing
import Postgres

extension PostgresPool {
    /// Runs `work` in a transaction during which nobody else can take over the lease.
    ///
    /// - Throws: `TransactionFailure.fenced` when the lease has another owner already.
    func withTransaction<Value: Sendable>(
        under fence: LeaseFence, _ work: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await answering {
            try await withTransaction { connection in
                let lease = try await connection.query(
                    "SELECT hold_lease($1, $2) AS held", .init(fence.name, fence.epoch))
                guard try lease.first?.decode("held", as: Bool.self) == true else {
                    throw TransactionFailure.fenced(fence)
                }
                return try await work(connection)
            }
        }
    }
}

/// How much a transaction sees of others.
package enum PostgresIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
    /// Runs `work` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    package func withTransaction<Value: Sendable>(
        isolation: PostgresIsolation = .readCommitted, _ work: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await uncancellableQuery("BEGIN ISOLATION LEVEL \(isolation.rawValue)")
        let value: Value
        do {
            value = try await work(self)
            try Task.checkCancellation()
        } catch {
            // The first error is the one that matters; a connection that cannot roll back is discarded by its pool.
            _ = try? await uncancellableQuery("ROLLBACK")
            throw error
        }
        let result = try await uncancellableQuery("COMMIT")
        guard result.commandTag == "COMMIT" else {
            throw PostgresError.unsupported("the transaction had failed, and was rolled back")
        }
        return value
    }
}

import Dispatch

/// How much a transaction sees of others.
package enum PostgresIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
    /// Runs `work` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
    ///
    /// - Throws: What `work` throws; `PostgresError.unsupported` when a transaction is open already, or `work` went on
    ///   after an error of the server; `PostgresError.connectionLost` also when it is unknown whether it was committed.
    @discardableResult
    package func withTransaction<Value: Sendable>(
        isolation: PostgresIsolation = .readCommitted, _ work: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        guard !session.queue.sync(execute: { session.hasOpenTransaction }) else {
            throw PostgresError.unsupported("a transaction is open already; transactions cannot be nested")
        }
        _ = try await control("BEGIN ISOLATION LEVEL \(isolation.rawValue)")
        let value: Value
        do {
            value = try await work(self)
            try Task.checkCancellation()
        } catch {
            // The first error is the one that matters; a connection that cannot roll back is discarded by its pool.
            _ = try? await control("ROLLBACK")
            throw error
        }
        let result = try await control("COMMIT")
        guard result.commandTag == "COMMIT" else {
            throw PostgresError.unsupported("the transaction had failed, and was rolled back")
        }
        return value
    }
}

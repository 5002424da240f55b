import CLibPQ
import Dispatch
import Synchronization

/// A connection to a Postgres server.
///
/// Statements of several tasks may be under way at the same time: they are sent in the order in which they come, and
/// answered in that order. A transaction belongs to whoever began it: others must not use the connection meanwhile,
/// which is what `PostgresPool` is for.
package final class PostgresConnection: Sendable {
    let session: Session

    private init(session: Session) {
        self.session = session
    }

    /// Connects.
    ///
    /// - Throws: `PostgresError.notConnected`, with libpq's reason.
    package static func connect(_ configuration: PostgresConfiguration) async throws -> PostgresConnection {
        let queue = DispatchQueue(label: "weir.postgres")
        let box = Mutex<Connector?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let connector = Connector(queue: queue, configuration: configuration) { outcome in
                    continuation.resume(
                        with: outcome.map { pointer in
                            PostgresConnection(
                                session: Session(
                                    queue: queue, connection: pointer,
                                    preparedStatements: configuration.preparedStatements))
                        }.mapError { $0 as any Error })
                }
                box.withLock { $0 = connector }
                queue.async { connector.start() }
            }
        } onCancel: {
            let connector = box.withLock { $0 }
            queue.async { connector?.fail("cancelled while connecting") }
        }
    }

    /// Runs one statement, prepared on its first use. When the task is cancelled, the statement is cancelled on the
    /// server, and the call returns when the server has answered.
    ///
    /// - Throws: `PostgresError`.
    @discardableResult
    package func query(_ sql: String, _ parameters: PostgresParameters = .init()) async throws -> PostgresResult {
        try await run(sql, parameters, format: .binary, isPrepared: true)
    }

    /// Runs one statement that is used once, without preparing it; values come back as text (`PostgresRow.text`).
    package func textQuery(_ sql: String) async throws -> PostgresResult {
        try await run(sql, .init(), format: .text, isPrepared: false)
    }

    /// Sends one statement, prepared on its first use, and calls `completion` on the connection's queue with its answer.
    /// For callers that send the next statement from there: no task is woken in between.
    package func send(
        _ sql: String, _ parameters: PostgresParameters,
        completion: @escaping @Sendable (Result<PostgresResult, PostgresError>) -> Void
    ) {
        session.submitFromOutside(
            QueryOperation(
                sql: sql, parameters: parameters, format: .binary, isPrepared: true, completion: completion))
    }

    /// Sends one statement that is used once, and calls `completion` with its answer in text format.
    package func sendText(
        _ sql: String, completion: @escaping @Sendable (Result<PostgresResult, PostgresError>) -> Void
    ) {
        session.submitFromOutside(
            QueryOperation(
                sql: sql, parameters: .init(), format: .text, isPrepared: false, completion: completion))
    }

    /// Runs one statement, prepared on its first use, whose caller goes on waiting when its task is cancelled. For
    /// connections that several callers share, where cancelling would hit somebody else's statement.
    @discardableResult
    package func uncancellableQuery(
        _ sql: String, _ parameters: PostgresParameters = .init()
    ) async throws -> PostgresResult {
        try await withCheckedThrowingContinuation { continuation in
            session.submitFromOutside(
                QueryOperation(sql: sql, parameters: parameters, format: .binary, isPrepared: true) {
                    continuation.resume(with: $0.mapError { $0 as any Error })
                })
        }
    }

    private func run(
        _ sql: String, _ parameters: PostgresParameters, format: QueryOperation.Format, isPrepared: Bool
    ) async throws -> PostgresResult {
        try await cancellingOnServer {
            try await withCheckedThrowingContinuation { continuation in
                session.submitFromOutside(
                    QueryOperation(sql: sql, parameters: parameters, format: format, isPrepared: isPrepared) {
                        continuation.resume(with: $0.mapError { $0 as any Error })
                    })
            }
        }
    }

    /// Runs a script of several statements by the simple protocol: one transaction, unless it says otherwise.
    package func execute(script: String) async throws {
        try await cancellingOnServer {
            try await withCheckedThrowingContinuation { continuation in
                session.submitFromOutside(
                    ScriptOperation(script) { continuation.resume(with: $0.mapError { $0 as any Error }) })
            }
        }
    }

    /// Runs `work`, and asks the server to stop what is under way when the task is cancelled.
    func cancellingOnServer<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler(operation: work) { cancelStatement() }
    }

    /// Asks the server to stop the statement that is under way. Returns at once; the statement's own call ends with
    /// SQLSTATE 57014, or normally when it was faster.
    package func cancelStatement() {
        session.queue.async { [session] in
            guard !session.isIdle, let cancel = session.makeCancel() else { return }
            nonisolated(unsafe) let pointer = cancel
            // PQcancel connects and waits: not on the session's queue.
            DispatchQueue.global().async {
                var reason = [CChar](repeating: 0, count: 256)
                _ = PQcancel(pointer, &reason, Int32(reason.count))
                PQfreeCancel(pointer)
            }
        }
    }

    /// Whether the connection can be used.
    package var isUsable: Bool { session.queue.sync { session.isUsable } }

    /// Whether a transaction is open, or the connection is in use.
    var isBusy: Bool { session.queue.sync { !session.isIdle || session.isInTransaction } }

    /// The server's process for this connection.
    package var backendProcessID: Int32 {
        session.queue.sync { session.connection.map { PQbackendPID($0) } ?? 0 }
    }

    /// Ends the connection; what is under way fails with `PostgresError.closed`.
    package func close() {
        session.queue.async { [session] in session.close(.closed) }
    }

    deinit {
        session.queue.async { [session] in session.close(.closed) }
    }
}

extension Session {
    func submitFromOutside(_ operation: any Operation) {
        nonisolated(unsafe) let operation = operation
        queue.async { self.submit(operation) }
    }
}

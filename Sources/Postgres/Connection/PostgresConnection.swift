import CLibPQ
import Dispatch

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

    /// Connects, without a thread that waits. Only host names are looked up by a thread of the connection's queue, for
    /// as long as the system's resolver takes.
    ///
    /// - Throws: `PostgresError.notConnected`, with libpq's reason and the server's SQLSTATE; `CancellationError`.
    package static func connect(_ configuration: PostgresConfiguration) async throws -> PostgresConnection {
        try Task.checkCancellation()
        let queue = DispatchQueue(label: "weir.postgres")
        let connector = Connector(queue: queue, configuration: configuration)
        let session = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    connector.start { continuation.resume(with: $0.mapError(\.forCaller)) }
                }
            }
        } onCancel: {
            queue.async { connector.fail(.cancelled) }
        }
        return PostgresConnection(session: session)
    }

    /// Runs one statement, prepared on its first use. When the task is cancelled, the statement is cancelled on the
    /// server, and the call returns when the server has answered. A statement of another task, sent on the same
    /// connection before the first one's answer came, may be hit in its place: share a connection only between tasks
    /// that are cancelled together, or take `uncancellableQuery`.
    ///
    /// - Throws: `PostgresError`; `CancellationError` when the task was cancelled before the statement was sent.
    @discardableResult
    package func query(_ sql: String, _ parameters: PostgresParameters = .init()) async throws -> PostgresResult {
        try await cancellable { token, completion in
            QueryOperation(
                sql: sql, parameters: parameters, format: .binary, isPrepared: true, token: token,
                completion: completion)
        }
    }

    /// Runs one statement that is used once, without preparing it; values come back as text (`PostgresRow.text`).
    package func textQuery(_ sql: String) async throws -> PostgresResult {
        try await cancellable { token, completion in
            QueryOperation(
                sql: sql, parameters: .init(), format: .text, isPrepared: false, token: token, completion: completion)
        }
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

    /// Sends one statement that is used once, gives its rows to `takeRow` one at a time, in text format, and calls
    /// `completion` with its answer, which has no rows; both on the connection's queue. Memory holds one row at a time.
    ///
    /// - Parameter takeRow: Says whether it wants more; the statement runs to its end, and the other rows are dropped.
    package func sendText(
        _ sql: String, takeRow: @escaping @Sendable (PostgresRow) -> Bool,
        completion: @escaping @Sendable (Result<PostgresResult, PostgresError>) -> Void
    ) {
        session.submitFromOutside(RowOperation(sql: sql, takeRow: takeRow, completion: completion))
    }

    /// Runs one statement, prepared on its first use, whose caller goes on waiting when its task is cancelled. For
    /// connections that several callers share, where cancelling would hit somebody else's statement.
    @discardableResult
    package func uncancellableQuery(
        _ sql: String, _ parameters: PostgresParameters = .init()
    ) async throws -> PostgresResult {
        try await waitForAnswer { completion in
            QueryOperation(
                sql: sql, parameters: parameters, format: .binary, isPrepared: true, completion: completion)
        }
    }

    /// Begins or ends a transaction. Not prepared: in a transaction that has failed nothing can be.
    func control(_ sql: String) async throws -> PostgresResult {
        try await waitForAnswer { completion in
            QueryOperation(
                sql: sql, parameters: .init(), format: .binary, isPrepared: false, completion: completion)
        }
    }

    /// Runs a script of several statements by the simple protocol: one transaction, unless it says otherwise.
    ///
    /// - Throws: As `query` does. COPY in a script costs the connection.
    package func execute(script: String) async throws {
        try await cancellable { token, completion in
            ScriptOperation(script, token: token, completion: completion)
        }
    }

    /// Runs `work`, which uses this connection, for `bound` at most: then the connection is ended, and what is under way
    /// fails with `.connectionLost`.
    package func within<Value: Sendable>(_ bound: Duration, _ work: () async throws -> Value) async throws -> Value {
        let timer = Task { [session] in
            try await Task.sleep(for: bound)
            session.queue.async { session.close(.connectionLost("no answer within \(bound)")) }
        }
        defer { timer.cancel() }
        return try await work()
    }

    private func cancellable<Value: Sendable>(
        _ makeOperation: (CancellationToken, @escaping (Result<Value, PostgresError>) -> Void) -> any Operation
    ) async throws -> Value {
        let token = CancellationToken()
        return try await stoppingOnServer(token) {
            try await waitForAnswer { completion in makeOperation(token, completion) }
        }
    }

    private func waitForAnswer<Value: Sendable>(
        _ makeOperation: (@escaping (Result<Value, PostgresError>) -> Void) -> any Operation
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            session.submitFromOutside(makeOperation { continuation.resume(with: $0.mapError(\.forCaller)) })
        }
    }

    /// Runs `work`, and gives up the token's operation when the task is cancelled.
    func stoppingOnServer<Value: Sendable>(
        _ token: CancellationToken, _ work: () async throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler(operation: work) {
            session.queue.async { [session] in session.cancel(token) }
        }
    }

    /// Asks the server to stop the statement that is under way. Returns at once; the statement's own call ends with
    /// SQLSTATE 57014, or normally when it was faster.
    package func cancelStatement() {
        session.queue.async { [session] in
            if !session.inFlight.isEmpty { session.stopOnServer() }
        }
    }

    /// Whether the connection can be used.
    package var isUsable: Bool { session.queue.sync { session.isUsable } }

    /// Whether nobody uses the connection, no transaction is open, and the server has not ended it.
    var isReady: Bool {
        session.queue.sync {
            session.look()
            return session.isUsable && session.isIdle && !session.isInTransaction
        }
    }

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

extension PostgresError {
    /// As async callers get it.
    var forCaller: any Error {
        if case .cancelled = self { CancellationError() } else { self }
    }
}

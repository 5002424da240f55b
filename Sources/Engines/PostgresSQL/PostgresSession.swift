import Postgres
import Synchronization

/// One attempt's own connection, in whose transaction its statement runs.
final class PostgresSession: Sendable {
    private struct State {
        var isStarted = false
        var isCancelled = false
        var answer: Result<PostgresResult, PostgresError>?
        var types: [UInt32: String] = [:]
    }

    let connection: PostgresConnection
    private let state = Mutex(State())

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// True for the first caller: who sends the statement.
    func begin() -> Bool {
        state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
    }

    /// Sends a statement, and before it another one, if given. The answer is taken by `answer`: the last statement's,
    /// or the first failure.
    func send(after prelude: String? = nil, _ sql: String) {
        state.withLock { $0.answer = nil }
        if let prelude {
            connection.sendText(prelude) { [self] answer in
                if case .failure = answer { state.withLock { $0.answer = answer } }
            }
        }
        connection.sendText(sql) { [self] answer in
            state.withLock { $0.answer = $0.answer ?? answer }
        }
    }

    /// The answer, if it comes within `timeout`. It stays until the next `send`.
    func answer(within timeout: Duration) async -> Result<PostgresResult, PostgresError>? {
        let deadline = ContinuousClock.now + timeout
        var pause = Duration.milliseconds(1)
        while true {
            if let answer = state.withLock({ $0.answer }) { return answer }
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return nil }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        connection.cancelStatement()
    }

    /// The names of types, asked for once each.
    func names(of types: [UInt32]) async throws -> [UInt32: String] {
        let missing = state.withLock { state in types.filter { state.types[$0] == nil } }
        guard !missing.isEmpty else { return state.withLock { $0.types } }
        let list = missing.map(String.init).joined(separator: ",")
        let rows = try await connection.textQuery(
            "SELECT oid, format_type(oid, NULL) FROM unnest('{\(list)}'::oid[]) AS t (oid)"
        ).rows
        let names = rows.compactMap { row in
            row.text(0).flatMap { UInt32($0) }.map { ($0, row.text(1) ?? "unknown") }
        }
        return state.withLock { state in
            for (type, name) in names { state.types[type] = name }
            return state.types
        }
    }
}

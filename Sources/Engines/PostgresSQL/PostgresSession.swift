import Domain
import Postgres
import Synchronization

/// One attempt's own connection, in whose transaction its statement runs.
final class PostgresSession: Sendable {
    /// What has been sent last. The order is that of an attempt's life.
    private enum Phase {
        case open, statement, commit
    }

    private struct State {
        var phase = Phase.open
        var isCancelled = false
        var kept: KeptRows
        var answer: Result<PostgresResult, PostgresError>?
        var types: [UInt32: String] = [:]
    }

    let connection: PostgresConnection
    private let state: Mutex<State>

    /// - Parameter limits: How much of the statement's rows is kept.
    init(_ connection: PostgresConnection, limits: ResultLimits) {
        self.connection = connection
        state = Mutex(State(kept: KeptRows(limits)))
    }

    /// Sends the statement, the first time.
    func start(_ statement: String) {
        send(statement, as: .statement, after: .open)
    }

    /// Sends the commit, the first time.
    func commit() {
        send("COMMIT", as: .commit, after: .statement)
    }

    private func send(_ sql: String, as next: Phase, after former: Phase) {
        let isNext = state.withLock { state in
            guard state.phase == former else { return false }
            state.phase = next
            state.answer = nil
            return true
        }
        guard isNext else { return }
        connection.sendText(sql) { [self] row in
            state.withLock { $0.kept.keep(row) }
        } completion: { [self] answer in
            state.withLock { $0.answer = answer }
        }
    }

    /// The answer to what was sent last, if it comes within `timeout`.
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

    /// The statement's first rows, as far as they have come.
    var keptRows: KeptRows { state.withLock { $0.kept } }

    /// Whether the transaction is to be rolled back; what is being committed no longer is.
    var isToBeStopped: Bool { state.withLock { $0.isCancelled && $0.phase != .commit } }

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

package import ControlPlane
import Cryptography
package import Domain
import FoundationEssentials
import Postgres
import Synchronization

/// Runs statements on Postgres, each in a transaction whose id is recorded before the statement is sent.
///
/// The transaction's id is the proof of what became of it: after a crash `pg_xact_status` says whether it was committed,
/// was rolled back, or is under way. Rows are stored before the commit.
package final class PostgresEngine: Engine {
    package let kind = EngineKind.postgres

    /// How many rows are fetched at a time.
    private static let page = 500
    /// How long a look waits for news.
    private static let patience = Duration.seconds(1)
    /// Statements that would end or leave the transaction.
    private static let refusedWords: Set<String> = [
        "begin", "start", "commit", "end", "rollback", "abort", "prepare", "savepoint", "release", "copy", "listen",
    ]
    /// Statements whose rows can be read piece by piece through a cursor.
    private static let cursorWords: Set<String> = ["select", "values", "table"]
    /// What stands before such a statement.
    private static let cursorDeclaration = "DECLARE weir_result NO SCROLL CURSOR FOR "

    private let sessions = Mutex<[AttemptID: PostgresSession]>([:])

    package init() {}

    package func submit(_ attempt: EngineAttempt, to target: EngineTarget) async -> Submission {
        let word = StatementKind.firstWord(of: attempt.statement)
        if Self.refusedWords.contains(word) {
            return .rejected(
                RunFailure(
                    code: "STATEMENT_NOT_SUPPORTED", fault: .user,
                    message: "\(word.uppercased()) cannot be run by a job: each run is one transaction of Weir's own. "
                        + "Leave it out.", isRetryable: false))
        }
        do {
            let connection = try await connect(target, as: "weir/\(attempt.id)")
            try await connection.query("BEGIN")
            let row = try await connection.query(
                "SELECT pg_current_xact_id()::text AS transaction, pg_backend_pid() AS process"
            ).first
            guard let row else { return .rejected(.unexpectedAnswer("no transaction id")) }
            let handle = PostgresHandle(
                transaction: try row.decode("transaction"), processID: try row.decode("process"))
            sessions.withLock { $0[attempt.id] = PostgresSession(connection) }
            return .accepted(try handle.sealed())
        } catch {
            // Without the statement nothing was done.
            return .rejected(RunFailure(connecting: error))
        }
    }

    package func look(at attempt: EngineAttempt, handle: EngineHandle?, on target: EngineTarget) async -> Look {
        guard let handle else {
            forget(attempt.id)
            return .neverStarted(
                proof: "its statement is sent only in a transaction whose id was recorded before, and none was")
        }
        guard let known = try? PostgresHandle(handle) else { return .cannotTell("the stored way back cannot be read") }
        guard let session = sessions.withLock({ $0[attempt.id] }) else {
            return await recover(known, attempt, target)
        }
        do {
            if session.isCancelled { return await stop(attempt, session) }
            if known.phase == .readyToCommit { return try await commit(known, attempt, session) }
            return try await follow(known, attempt, session)
        } catch {
            forget(attempt.id)
            return Self.end(error, of: attempt)
        }
    }

    /// What became of an attempt whose session has just been given up.
    private static func end(_ error: any Error, of attempt: EngineAttempt) -> Look {
        switch error {
        case PostgresError.connectionLost(let why): return .unreachable("the connection was lost: \(why)")
        case PostgresError.server(let error) where error.sqlState.hasPrefix("57P"):
            // The server ended the session; that may have been after it had committed.
            return .unreachable("the session was ended: \(error.message)")
        case PostgresError.server(let error) where error.sqlState == "57014":
            return .ended(.cancelled("Postgres says “\(error.message)”"))
        default:
            let start = usesCursor(attempt) ? cursorDeclaration.utf8.count : 0
            return .ended(.failed(RunFailure(statement: error, startingAfter: start)))
        }
    }

    private static func usesCursor(_ attempt: EngineAttempt) -> Bool {
        cursorWords.contains(StatementKind.firstWord(of: attempt.statement))
    }

    /// Sends the statement, or reads on.
    private func follow(_ known: PostgresHandle, _ attempt: EngineAttempt, _ session: PostgresSession) async throws
        -> Look
    {
        let usesCursor = Self.usesCursor(attempt)
        let left = max(0, attempt.limits.rows - known.rowsRead)
        let count = min(Self.page, left + 1)
        if session.begin() {
            if usesCursor {
                session.send(
                    after: Self.cursorDeclaration + attempt.statement, "FETCH \(count) FROM weir_result")
            } else {
                session.send(attempt.statement)
            }
        }
        guard let answer = await session.answer(within: Self.patience) else {
            return .running(EngineProgress(state: "RUNNING"), rows: nil, try known.sealed())
        }
        if session.isCancelled { return await stop(attempt, session) }
        let result = try answer.get()
        var next = known
        let rows = try await page(result, session, limit: left)
        next.rowsRead += rows?.rows.count ?? 0
        let isLast = !usesCursor || result.rowCount < count || rows?.isTruncated == true
        if isLast {
            next.phase = .readyToCommit
            next.updateCount = usesCursor ? nil : result.changedRows
        } else {
            session.send("FETCH \(min(Self.page, attempt.limits.rows - next.rowsRead + 1)) FROM weir_result")
        }
        return .running(
            EngineProgress(state: "RUNNING", rowsProcessed: Int64(next.rowsRead)), rows: rows, try next.sealed())
    }

    private func page(
        _ result: PostgresResult, _ session: PostgresSession, limit: Int
    ) async throws -> ResultPage? {
        let columns = result.columns
        guard !columns.isEmpty else { return nil }
        let names = try await session.names(of: columns.map(\.type))
        return ResultPage(
            columns: columns.map { ResultColumn(name: $0.name, type: names[$0.type] ?? "unknown") },
            rows: result.rows.prefix(limit).map { JSONRow.text($0, columns) }, isTruncated: result.rowCount > limit)
    }

    private func commit(_ known: PostgresHandle, _ attempt: EngineAttempt, _ session: PostgresSession) async throws
        -> Look
    {
        let result = try await session.connection.uncancellableQuery("COMMIT")
        forget(attempt.id)
        guard result.commandTag == "COMMIT" else {
            return .ended(.failed(RunFailure.unexpectedAnswer("the transaction was rolled back at its end")))
        }
        return .ended(.succeeded(rows: nil, updateCount: known.updateCount))
    }

    private func stop(_ attempt: EngineAttempt, _ session: PostgresSession) async -> Look {
        // The statement ends by the cancel; closing the connection rolls the transaction back in any case.
        _ = await session.answer(within: Self.patience)
        _ = try? await session.connection.uncancellableQuery("ROLLBACK")
        forget(attempt.id)
        return .ended(.cancelled("the transaction was rolled back"))
    }

    /// There is no session: the process that had it has ended, or the connection broke. The transaction's status tells.
    private func recover(_ known: PostgresHandle, _ attempt: EngineAttempt, _ target: EngineTarget) async -> Look {
        do {
            let connection = try await connect(target, as: "weir/recovery")
            defer { connection.close() }
            let row = try await connection.query(
                "SELECT pg_xact_status($1::text::xid8) AS status", .init(known.transaction)
            ).first
            switch try row?.decodeOptional("status", as: String.self) {
            case "committed": return .ended(.succeeded(rows: nil, updateCount: known.updateCount))
            case "aborted": return .neverStarted(proof: "transaction \(known.transaction) was rolled back")
            case "in progress":
                try await connection.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2",
                    .init(Int32(known.processID), "weir/\(attempt.id)"))
                return .unreachable("its former session is being ended, so that the transaction is rolled back")
            default:
                return .cannotTell("the server no longer knows what became of transaction \(known.transaction)")
            }
        } catch {
            return .unreachable("\(error)")
        }
    }

    package func cancel(_ attempt: EngineAttempt, handle: EngineHandle, on target: EngineTarget) async -> Cancellation {
        // Without a session the next look ends the former one.
        sessions.withLock { $0[attempt.id] }?.cancel()
        return .requested
    }

    package func check(_ target: EngineTarget) async -> ConnectionHealth {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let connection = try await connect(target, as: "weir/check")
            defer { connection.close() }
            let row = try await connection.query("SELECT current_setting('server_version') AS version").first
            return ConnectionHealth(
                isHealthy: true, latency: clock.now - start, version: try row?.decode("version"), reason: nil)
        } catch {
            return ConnectionHealth(
                isHealthy: false, latency: clock.now - start, version: nil,
                reason: RunFailure(connecting: error).message)
        }
    }

    private func forget(_ attempt: AttemptID) {
        sessions.withLock { $0.removeValue(forKey: attempt) }?.connection.close()
    }

    private func connect(_ target: EngineTarget, as name: String) async throws -> PostgresConnection {
        guard case .postgres(let settings) = target.settings else {
            preconditionFailure("a connection of another engine")
        }
        var keywords = [
            "host": settings.host, "port": "\(settings.port)", "dbname": settings.database, "user": settings.user,
            "sslmode": settings.tls.rawValue, "application_name": name,
        ]
        if let password = target.password { keywords["password"] = password.reveal() }
        return try await PostgresConnection.connect(
            PostgresConfiguration(uri: "", keywords: keywords, preparedStatements: 10))
    }
}

extension PostgresResult {
    /// How many rows the statement changed; nil for one that only reads or defines.
    fileprivate var changedRows: Int64? {
        ["INSERT", "UPDATE", "DELETE", "MERGE"].contains { commandTag.hasPrefix($0) } ? affectedRows : nil
    }
}

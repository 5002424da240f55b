package import ControlPlane
import Cryptography
package import Domain
import FoundationEssentials
package import HTTPClient
import Postgres
import Synchronization

/// Runs statements on Postgres, each in a transaction whose id is recorded before the statement is sent.
///
/// The transaction's id is the proof of what became of it: after a crash `pg_xact_status` says whether it was committed,
/// was rolled back, or is under way. Rows are stored before the commit.
///
/// Every statement is carried out to its end, since also a SELECT may call what has effects. Its rows are read one by one,
/// and those beyond the attempt's limits are dropped as they come.
package final class PostgresEngine: Engine {
    package let kind = EngineKind.postgres

    /// How many rows a look hands over at most.
    private static let page = 500
    /// How long a look waits for the statement or the commit, which go on when it does not.
    private static let patience = Duration.seconds(1)
    /// How long Weir's own statements may take, which do next to nothing; then the connection is given up.
    private static let bound = Duration.seconds(10)
    /// Statements that would end or leave the transaction.
    private static let refusedWords: Set<String> = [
        "begin", "start", "commit", "end", "rollback", "abort", "prepare", "savepoint", "release", "copy", "listen",
    ]
    /// A connection is made with its own settings, never with what libpq would take from this process in their place: its
    /// environment (PGPASSWORD, PGHOSTADDR, PGOPTIONS), ~/.pgpass, its client certificate, its Kerberos tickets for
    /// encryption. In a connection string an empty value is a value, and after it libpq reads no other one, such as in the
    /// name of a database. Authorities are trusted as the process is told (PGSSLROOTCERT, ~/.postgresql/root.crt).
    private static let nothingOfTheProcess = """
        password='' hostaddr='' options='' passfile=/dev/null/none sslcert=/dev/null/none gssencmode=disable
        """

    private let addressPolicy: AddressPolicy
    private let sessions = Mutex<[AttemptID: PostgresSession]>([:])

    /// - Parameter addressPolicy: Which addresses connections may lead to. Sockets of this machine are refused in any case.
    package init(addressPolicy: AddressPolicy = .any) {
        self.addressPolicy = addressPolicy
    }

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
            let row = try await connection.within(Self.bound) {
                try await connection.query("BEGIN")
                return try await connection.query(
                    "SELECT pg_current_xact_id()::text AS transaction, pg_backend_pid() AS process"
                ).first
            }
            guard let row else { return .rejected(.unexpectedAnswer("no transaction id")) }
            let handle = PostgresHandle(
                transaction: try row.decode("transaction"), processID: try row.decode("process"))
            sessions.withLock { $0[attempt.id] = PostgresSession(connection, limits: attempt.limits) }
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
            if session.isToBeStopped { return await stop(attempt, session) }
            return switch known.phase {
            case .open: try await follow(known, attempt, session)
            case .readyToCommit: try await commit(known, attempt, session)
            }
        } catch {
            forget(attempt.id)
            return Self.end(error)
        }
    }

    /// What became of an attempt whose session has just been given up.
    private static func end(_ error: any Error) -> Look {
        switch error {
        case PostgresError.connectionLost(let why): .unreachable("the connection was lost: \(why)")
        case PostgresError.notConnected, PostgresError.closed, is CancellationError:
            .unreachable("the session was given up: \(error)")
        case PostgresError.server(let error) where error.sqlState.hasPrefix("57P"):
            // The server ended the session; that may have been after it had committed.
            .unreachable("the session was ended: \(error.message)")
        case PostgresError.server(let error) where error.sqlState == "57014":
            .ended(.cancelled("Postgres says “\(error.message)”"))
        default: .ended(.failed(RunFailure(statement: error)))
        }
    }

    /// Sends the statement, waits for its end, and hands its rows over, page by page.
    private func follow(_ known: PostgresHandle, _ attempt: EngineAttempt, _ session: PostgresSession) async throws
        -> Look
    {
        session.start(attempt.statement)
        guard let answer = await session.answer(within: Self.patience) else {
            return .running(EngineProgress(state: "RUNNING"), rows: nil, try known.sealed())
        }
        if session.isToBeStopped { return await stop(attempt, session) }
        let result = try answer.get()
        let kept = session.keptRows
        var next = known
        next.rowsRead = min(known.rowsRead + Self.page, kept.rows.count)
        if next.rowsRead == kept.rows.count {
            next.phase = .readyToCommit
            next.updateCount = result.changedRows
        }
        let rows = try await page(kept, known.rowsRead..<next.rowsRead, of: result, session)
        return .running(
            EngineProgress(state: "RUNNING", rowsProcessed: result.affectedRows), rows: rows, try next.sealed())
    }

    private func page(
        _ kept: KeptRows, _ range: Range<Int>, of result: PostgresResult, _ session: PostgresSession
    ) async throws -> ResultPage? {
        let columns = result.columns
        guard !columns.isEmpty else { return nil }
        let names = try await session.connection.within(Self.bound) {
            try await session.names(of: columns.map(\.type))
        }
        return ResultPage(
            columns: columns.map { ResultColumn(name: $0.name, type: names[$0.type] ?? "unknown") },
            rows: Array(kept.rows[range]), isTruncated: kept.isTruncated && range.upperBound == kept.rows.count)
    }

    private func commit(_ known: PostgresHandle, _ attempt: EngineAttempt, _ session: PostgresSession) async throws
        -> Look
    {
        session.commit()
        guard let answer = await session.answer(within: Self.patience) else {
            return .running(EngineProgress(state: "COMMITTING"), rows: nil, try known.sealed())
        }
        let result = try answer.get()
        forget(attempt.id)
        guard result.commandTag == "COMMIT" else {
            return .ended(.failed(RunFailure.unexpectedAnswer("the transaction was rolled back at its end")))
        }
        return .ended(.succeeded(rows: nil, updateCount: known.updateCount))
    }

    private func stop(_ attempt: EngineAttempt, _ session: PostgresSession) async -> Look {
        // The statement ends by the cancel; closing the connection rolls the transaction back in any case.
        _ = await session.answer(within: Self.patience)
        _ = try? await session.connection.within(Self.bound) {
            try await session.connection.uncancellableQuery("ROLLBACK")
        }
        forget(attempt.id)
        return .ended(.cancelled("the transaction was rolled back"))
    }

    /// There is no session: the process that had it has ended, or the connection broke. The transaction's status tells.
    private func recover(_ known: PostgresHandle, _ attempt: EngineAttempt, _ target: EngineTarget) async -> Look {
        do {
            return try await withConnection(to: target, as: "weir/recovery") { connection in
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
            let version: String? = try await withConnection(to: target, as: "weir/check") { connection in
                try await connection.query("SELECT current_setting('server_version') AS version").first?
                    .decode("version")
            }
            return ConnectionHealth(isHealthy: true, latency: clock.now - start, version: version, reason: nil)
        } catch {
            return ConnectionHealth(
                isHealthy: false, latency: clock.now - start, version: nil,
                reason: RunFailure(connecting: error).message)
        }
    }

    private func forget(_ attempt: AttemptID) {
        sessions.withLock { $0.removeValue(forKey: attempt) }?.connection.close()
    }

    /// Lends a connection of its own to `work`, for no longer than the bound.
    private func withConnection<Value: Sendable>(
        to target: EngineTarget, as name: String, _ work: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await connect(target, as: name)
        defer { connection.close() }
        return try await connection.within(Self.bound) { try await work(connection) }
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
            PostgresConfiguration(
                uri: Self.nothingOfTheProcess, keywords: keywords, allowsAddress: addressPolicy.allows,
                preparedStatements: 10))
    }
}

extension PostgresResult {
    /// How many rows the statement changed; nil for one that only reads or defines.
    fileprivate var changedRows: Int64? {
        ["INSERT", "UPDATE", "DELETE", "MERGE"].contains { commandTag.hasPrefix($0) } ? affectedRows : nil
    }
}

import ControlPlane
import Cryptography
import Domain
import Foundation
import Postgres
import TestSupport

@testable import Engines

/// One attempt on a real Postgres, driven as the saga does: each answer is stored before the next look.
struct PostgresDriving: Sendable {
    static let role = "weir_test_engine_unit"
    static let password = "only-for-tests"

    /// The engine of the process that submitted; another one stands for a process that was started after it.
    var engine = PostgresEngine()
    let target: EngineTarget
    let attempt: EngineAttempt
    let administrator: PostgresConfiguration

    /// What became of an attempt.
    struct Outcome: Sendable {
        var columns: [ResultColumn] = []
        var rows: [String] = []
        var isTruncated = false
        var last: Look?

        var failure: RunFailure? {
            if case .ended(.failed(let failure)) = last { failure } else { nil }
        }

        /// Set when it succeeded: how many rows it changed.
        var success: Int64?? {
            if case .ended(.succeeded(_, let count)) = last { .some(count) } else { nil }
        }
    }

    /// Runs `work` with a database in which the engine's role may write to `effects (n integer)`, also by `settle(n)`.
    static func run(
        _ statement: String, limits: ResultLimits = .standard, password: String? = password, port: Int? = nil,
        database: String? = nil, _ work: @Sendable (PostgresDriving) async throws -> Void
    ) async throws {
        try await withScratchDatabase { administrator in
            let connection = try await PostgresConnection.connect(administrator)
            defer { connection.close() }
            try await connection.makeRole(role, password: Self.password)
            try await connection.execute(
                script: """
                    CREATE TABLE effects (n integer PRIMARY KEY);
                    GRANT SELECT, INSERT, UPDATE ON effects TO \(role);
                    CREATE FUNCTION settle(n integer) RETURNS integer LANGUAGE sql AS
                        'INSERT INTO effects VALUES (n) RETURNING n';
                    """)
            let row = try await connection.query("SELECT current_database()::text AS name, inet_server_port() AS port")
                .first
            let settings = PostgresSettings(
                host: "127.0.0.1", port: try port ?? row?.decode("port") ?? 0,
                database: try database ?? row?.decode("name") ?? "",
                user: role, tls: .disable)
            try await work(
                PostgresDriving(
                    target: EngineTarget(
                        connection: ConnectionID(UUID()), settings: .postgres(settings),
                        password: password.map { Secret($0) }),
                    attempt: EngineAttempt(
                        id: AttemptID(UUID()), run: RunID(UUID()), statement: statement, limits: limits),
                    administrator: administrator))
        }
    }

    /// The same attempt as another role.
    func `as`(_ role: String) -> PostgresDriving {
        guard case .postgres(let settings) = target.settings else { return self }
        let other = PostgresSettings(
            host: settings.host, port: settings.port, database: settings.database, user: role, tls: settings.tls)
        return PostgresDriving(
            engine: engine,
            target: EngineTarget(
                connection: target.connection, settings: .postgres(other), password: target.password),
            attempt: attempt, administrator: administrator)
    }

    struct NotAccepted: Error { let submission: Submission }

    func submit() async -> Submission { await engine.submit(attempt, to: target) }

    func accepted() async throws -> EngineHandle {
        let submission = await submit()
        guard case .accepted(let handle) = submission else { throw NotAccepted(submission: submission) }
        return handle
    }

    func look(_ handle: EngineHandle?) async -> Look { await engine.look(at: attempt, handle: handle, on: target) }

    /// Looks until the end, or what is no longer under way.
    func follow(_ handle: EngineHandle) async -> Outcome {
        var outcome = Outcome()
        var handle = handle
        while true {
            let look = await look(handle)
            outcome.last = look
            guard case .running(_, let rows, let next) = look else { return outcome }
            handle = next
            if let rows {
                outcome.columns = rows.columns
                outcome.rows += rows.rows
                outcome.isTruncated = outcome.isTruncated || rows.isTruncated
            }
        }
    }

    func outcome() async throws -> Outcome { await follow(try await accepted()) }

    /// A value that the administrator reads.
    func value<Value: PostgresDecodable>(_ sql: String, as type: Value.Type = Value.self) async throws -> Value? {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        return try await connection.query(sql).first?.decodeOptional("value")
    }

    func effects() async throws -> Int { try await value("SELECT count(*) AS value FROM effects") ?? -1 }

    /// What the administrator does to the attempt's session, found by its mark.
    func toItsSession(_ function: String) async throws {
        let name = "weir/\(attempt.id)"
        let done: Bool? = try await value(
            "SELECT bool_and(\(function)(pid)) AS value FROM pg_stat_activity WHERE application_name = '\(name)'")
        if done != true { throw NotSeen(what: "\(function) found the session of \(name)") }
    }

    func isActive() async throws -> Bool {
        try await value(
            """
            SELECT count(*) > 0 AS value FROM pg_stat_activity
            WHERE application_name = 'weir/\(attempt.id)' AND state = 'active'
            """) ?? false
    }
}

/// An engine's answer was another one than the test goes on with.
struct NotSeen: Error {
    let what: String
}

import ControlPlane
import Domain
import Foundation
import HTTPClient
import Postgres
import TestSupport
import Testing

@testable import Engines

/// SQL on a real Postgres: what is read, changed and refused.
@Suite(.timeLimit(.minutes(3))) struct PostgresEngineTests {
    @Test func `rows come with their columns, each value as JSON`() async throws {
        let sql = """
            SELECT 1::smallint AS a, 2::bigint AS b, 1.50::numeric AS c, 0.5::float8 AS d, 'NaN'::float8 AS e, true AS f,
                'q"\\uote'||chr(10)||'é' AS g, NULL::text AS h, '{"k": [1]}'::json AS i, DATE '2026-01-31' AS j
            """
        try await PostgresDriving.run(sql) { driving async throws in
            let outcome = try await driving.outcome()
            #expect(
                outcome.rows == [
                    #"[1,2,"1.50",0.5,"NaN",true,"q\"\\uote\né",null,{"k": [1]},"2026-01-31"]"#
                ])
            #expect(
                outcome.columns.map(\.type) == [
                    "smallint", "bigint", "numeric", "double precision", "double precision", "boolean", "text", "text",
                    "json", "date",
                ])
            #expect(outcome.success == .some(nil))
        }
    }

    @Test func `many rows are read piece by piece, in order and all of them`() async throws {
        try await PostgresDriving.run("SELECT n FROM generate_series(1, 1234) AS n ORDER BY n") {
            driving async throws in
            let limits = ResultLimits(rows: 5_000, bytes: 1 << 20)
            let long = PostgresDriving(
                engine: driving.engine, target: driving.target,
                attempt: EngineAttempt(
                    id: driving.attempt.id, run: driving.attempt.run, statement: driving.attempt.statement,
                    limits: limits), administrator: driving.administrator)
            let outcome = try await long.outcome()
            #expect(outcome.rows == (1...1_234).map { "[\($0)]" })
            #expect(!outcome.isTruncated)
        }
    }

    @Test(arguments: [(3, true), (10, false)])
    func `no more rows are read than the job keeps`(rows: Int, isTruncated: Bool) async throws {
        let sql = "SELECT n FROM generate_series(1, 10) AS n"
        try await PostgresDriving.run(sql, limits: ResultLimits(rows: rows, bytes: 1_024)) { driving async throws in
            let outcome = try await driving.outcome()
            #expect(outcome.rows.count == rows)
            #expect(outcome.isTruncated == isTruncated)
            #expect(outcome.success != nil)
        }
    }

    @Test func `a change takes effect once, and says how many rows it changed`() async throws {
        try await PostgresDriving.run("INSERT INTO effects SELECT generate_series(1, 7)") { driving async throws in
            let handle = try await driving.accepted()
            #expect(try await driving.effects() == 0)
            let outcome = await driving.follow(handle)
            #expect(outcome.success == .some(7))
            #expect(try await driving.effects() == 7)
        }
    }

    @Test(arguments: ["SELECT 1 AS x FORM t", "SELECT 1 FROM nowhere", "INSERT INTO nowhere VALUES (1)"])
    func `an error names its place in the statement as the user wrote it`(sql: String) async throws {
        try await PostgresDriving.run(sql) { driving async throws in
            let failure = try #require(try await driving.outcome().failure)
            let word = sql.contains("FORM") ? "FORM" : "nowhere"
            let place = sql.distance(
                from: sql.startIndex, to: try #require(sql.range(of: word, options: .backwards)).lowerBound)
            #expect(failure.message.contains("(at character \(place + 1))"), "\(failure.message)")
            #expect(failure.code == (sql.contains("FORM") ? "42601" : "42P01"))
            #expect(failure.fault == .user && !failure.isRetryable)
        }
    }

    @Test func `what the role may not do is refused with Postgres's own reason`() async throws {
        try await PostgresDriving.run("CREATE TABLE mine (n integer)") { driving async throws in
            let failure = try #require(try await driving.outcome().failure)
            #expect(failure.code == "42501" && failure.fault == .user)
        }
    }

    @Test(arguments: ["BEGIN", "commit", "/* x */ ROLLBACK", "COPY effects FROM STDIN", "-- x\nLISTEN a"])
    func `statements that would leave the transaction are refused before anything is sent`(sql: String) async throws {
        try await PostgresDriving.run(sql) { driving async throws in
            guard case .rejected(let failure) = await driving.submit() else {
                Issue.record("it was taken")
                return
            }
            #expect(failure.code == "STATEMENT_NOT_SUPPORTED" && !failure.isRetryable)
        }
    }

    @Test(arguments: ["INSERT INTO effects VALUES (1); COMMIT; INSERT INTO effects VALUES (2)"])
    func `several statements in one are refused, and have no effect`(sql: String) async throws {
        try await PostgresDriving.run(sql) { driving async throws in
            let outcome = try await driving.outcome()
            #expect(outcome.failure != nil, "\(String(describing: outcome.last))")
            #expect(try await driving.effects() == 0)
        }
    }

    @Test func `a wrong password is named, and not tried again`() async throws {
        try await PostgresDriving.run("SELECT 1", password: "another-password") { driving async throws in
            guard case .rejected(let failure) = await driving.submit() else { throw NotSeen(what: "it is refused") }
            #expect(failure.code == "28P01" && failure.fault == .user && !failure.isRetryable)
            #expect(failure.message.contains("Check the connection's user and password."))
            #expect(!failure.message.contains("another-password"))
            let health = await driving.engine.check(driving.target)
            #expect(!health.isHealthy && health.reason == failure.message)
        }
    }

    @Test func `a missing password is not taken from elsewhere, and a name of a database is no connection string`()
        async throws
    {
        try await PostgresDriving.run("SELECT 1", password: nil) { driving async throws in
            guard case .rejected(let failure) = await driving.submit() else { throw NotSeen(what: "it is refused") }
            #expect(failure.code == "28P01" && failure.fault == .user && !failure.isRetryable)
        }
        let other = "hostaddr=203.0.113.7"
        try await PostgresDriving.run("SELECT 1", database: other) { driving async throws in
            guard case .rejected(let failure) = await driving.submit() else { throw NotSeen(what: "it is refused") }
            #expect(failure.code == "CONNECTION_REFUSED" && failure.fault == .user && !failure.isRetryable)
            #expect(failure.message.contains("database \"\(other)\" does not exist (SQLSTATE 3D000)"))
        }
    }

    @Test func `a server that takes no more sessions of a user may be tried again`() async throws {
        try await PostgresDriving.run("SELECT 1") { driving async throws in
            let role = "weir_test_engine_limited"
            let connection = try await PostgresConnection.connect(driving.administrator)
            defer { connection.close() }
            try await connection.makeRole(role, password: PostgresDriving.password)
            try await connection.query("ALTER ROLE \(role) CONNECTION LIMIT 0")
            let limited = driving.as(role)
            guard case .rejected(let failure) = await limited.submit() else { throw NotSeen(what: "it is refused") }
            #expect(failure.code == "ENGINE_UNREACHABLE" && failure.fault == .infrastructure && failure.isRetryable)
            #expect(failure.message.contains("too many connections"), "\(failure.message)")
        }
    }

    @Test func `an address that the policy refuses is not spoken to`() async throws {
        for host in ["169.254.169.254", "::ffff:169.254.169.254"] {
            let health = await PostgresEngine(addressPolicy: .refusingLinkLocal).check(
                EngineTarget(
                    connection: ConnectionID(UUID()),
                    settings: .postgres(
                        PostgresSettings(host: host, port: 5_432, database: "d", user: "u", tls: .disable)),
                    password: nil))
            #expect(health.reason?.contains("the address \(host) must not be connected to") == true, "\(health)")
        }
    }

    @Test func `a server that is not there is named, and may be tried again`() async throws {
        try await PostgresDriving.run("SELECT 1", port: 1) { driving async throws in
            guard case .rejected(let failure) = await driving.submit() else {
                Issue.record("it was taken")
                return
            }
            #expect(failure.code == "ENGINE_UNREACHABLE" && failure.fault == .infrastructure && failure.isRetryable)
            let health = await driving.engine.check(driving.target)
            #expect(!health.isHealthy && health.version == nil)
        }
    }

    @Test func `a check tells the server's version`() async throws {
        try await PostgresDriving.run("SELECT 1") { driving async throws in
            let health = await driving.engine.check(driving.target)
            #expect(health.isHealthy && health.reason == nil)
            #expect(health.version?.isEmpty == false)
        }
    }
}

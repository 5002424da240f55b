import ControlPlane
import Domain
import Postgres
import TestSupport
import Testing

@testable import Engines

/// How much of a statement is carried out, and how much of its result is kept.
@Suite(.timeLimit(.minutes(3))) struct PostgresResultTests {
    @Test(arguments: [
        "SELECT settle(n) FROM generate_series(1, 2000) AS n",
        "WITH n AS (SELECT generate_series(1, 2000) AS n) SELECT settle(n) FROM n",
        "INSERT INTO effects SELECT generate_series(1, 2000) RETURNING n",
    ])
    func `a statement takes effect as a whole, also where few of its rows are kept`(sql: String) async throws {
        try await PostgresDriving.run(sql, limits: ResultLimits(rows: 3, bytes: 1_024)) { driving async throws in
            let outcome = try await driving.outcome()
            #expect(outcome.success != nil, "\(String(describing: outcome.last))")
            #expect(outcome.rows == ["[1]", "[2]", "[3]"])
            #expect(outcome.isTruncated)
            #expect(try await driving.effects() == 2_000)
        }
    }

    @Test func `of a result that no memory would hold only what the limits allow is kept`() async throws {
        let sql = "WITH n AS (SELECT n FROM generate_series(1, 300000) AS n) SELECT n, repeat('x', 90) AS x FROM n"
        try await PostgresDriving.run(sql, limits: ResultLimits(rows: 700, bytes: 1 << 20)) { driving async throws in
            var handle = try await driving.accepted()
            var counts: [Int] = []
            while case .running(let progress, let rows, let next) = await driving.look(handle) {
                handle = next
                guard let rows else { continue }
                counts.append(rows.rows.count)
                #expect(progress.rowsProcessed == 300_000)
                #expect(rows.isTruncated == (counts.reduce(0, +) == 700))
            }
            #expect(counts == [500, 200])
        }
    }

    /// The second one is too long only as JSON.
    @Test(arguments: ["repeat('x', 5000)", "repeat('\"', 600)"])
    func `rows are kept up to the limit of bytes, and none after`(long: String) async throws {
        let sql = "SELECT CASE n WHEN 3 THEN \(long) ELSE 'x' END AS x FROM generate_series(1, 9) AS n"
        try await PostgresDriving.run(sql, limits: ResultLimits(rows: 100, bytes: 1_024)) { driving async throws in
            let outcome = try await driving.outcome()
            #expect(outcome.rows == [#"["x"]"#, #"["x"]"#])
            #expect(outcome.isTruncated)
            #expect(outcome.success != nil)
        }
    }

    @Test func `a look that is repeated with the same handle brings the same rows`() async throws {
        try await PostgresDriving.run("VALUES (1), (2)") { driving async throws in
            let handle = try await driving.accepted()
            for _ in 1...2 {
                guard case .running(_, let rows, _) = await driving.look(handle) else {
                    throw NotSeen(what: "the rows")
                }
                #expect(rows?.rows == ["[1]", "[2]"])
            }
            #expect(await driving.follow(handle).rows == ["[1]", "[2]"])
        }
    }

    @Test func `rows of statements that are no queries are kept as well`() async throws {
        try await PostgresDriving.run("EXPLAIN (COSTS OFF) SELECT 1") { driving async throws in
            let outcome = try await driving.outcome()
            #expect(outcome.rows == [#"["Result"]"#])
            #expect(outcome.columns == [ResultColumn(name: "QUERY PLAN", type: "text")])
        }
    }

    @Test func `a commit that takes long is waited for by look after look`()
        async throws
    {
        try await PostgresDriving.run("INSERT INTO effects VALUES (1)") { driving async throws in
            let blocker = try await PostgresConnection.connect(driving.administrator)
            defer { blocker.close() }
            try await blocker.execute(
                script: """
                    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
                        'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
                    CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON effects DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION wait();
                    SELECT pg_advisory_lock(1);
                    """)
            guard case .running(_, _, let ready) = await driving.look(try await driving.accepted()) else {
                throw NotSeen(what: "it is ready to commit")
            }
            for _ in 1...2 {
                guard case .running(let progress, nil, _) = await driving.look(ready) else {
                    throw NotSeen(what: "it is being committed")
                }
                #expect(progress.state == "COMMITTING")
            }
            #expect(try await driving.effects() == 0)
            try await blocker.query("SELECT pg_advisory_unlock(1)")
            #expect(await driving.follow(ready).success == .some(1))
            #expect(try await driving.effects() == 1)
        }
    }
}

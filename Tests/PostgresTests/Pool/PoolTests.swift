import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct PoolTests {
    /// Runs `work` with a pool on a database of its own; all of whose connections it says how to end.
    private func withPool(
        _ limits: PostgresPool.Limits = .init(), _ work: (PostgresPool, PostgresConnection) async throws -> Void
    ) async throws {
        try await withScratchDatabase { (configuration) async throws in
            let pool = PostgresPool(configuration, limits: limits)
            let administrator = try await PostgresConnection.connect(configuration)
            defer {
                pool.close()
                administrator.close()
            }
            try await work(pool, administrator)
        }
    }

    private func process(_ pool: PostgresPool) async throws -> Int32 {
        try await pool.withConnection { $0.backendProcessID }
    }

    @Test func `never more connections than the bound, however many tasks`() async throws {
        try await withPool(.init(connections: 3, timeout: .seconds(600))) { (pool, administrator) async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let row = try await pool.query("SELECT $1::bigint AS n", .init(number)).first
                        #expect(try row?.decode("n", as: Int.self) == number)
                    }
                }
                try await group.waitForAll()
            }
            let others = try await administrator.query(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            #expect((1...3).contains(others.rowCount))
        }
    }

    @Test func `who finds neither a connection nor a place to wait is told so at once`() async throws {
        try await withPool(.init(connections: 1, waiters: 0)) { (pool, _) async throws in
            try await pool.withConnection { _ in
                let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
                #expect(error?.isPoolExhausted == true)
            }
            #expect(try await pool.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `who waits too long is told so, and the pool goes on`() async throws {
        try await withPool(.init(connections: 1, timeout: .milliseconds(20))) { (pool, _) async throws in
            try await pool.withConnection { _ in
                let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
                #expect(error?.isPoolTimeout == true)
            }
            #expect(try await pool.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `who is cancelled while it waits stops waiting`() async throws {
        try await withPool(.init(connections: 1)) { (pool, _) async throws in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.query("SELECT 1") }
                await Task.yield()
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
            }
        }
    }

    @Test func `closing tells those who wait, and ends what is idle at once and what is in use afterwards`()
        async throws
    {
        try await withPool(.init(connections: 1)) { (pool, administrator) async throws in
            try await pool.withConnection { (connection) async throws in
                let waiter = Task { try await pool.query("SELECT 1") }
                await Task.yield()
                pool.close()
                await #expect(throws: PostgresError.self) { try await waiter.value }
                #expect(try await connection.query("SELECT 1").rowCount == 1)
            }
            try await eventually("the pool's connections have ended") {
                try await administrator.query(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).rowCount == 0
            }
            await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        }
    }

    @Test func `a connection is used again`() async throws {
        try await withPool { (pool, _) async throws in
            let first = try await process(pool)
            #expect(try await process(pool) == first)
        }
    }

    @Test func `a connection that has reached its lifetime is replaced`() async throws {
        try await withPool(.init(lifetime: .zero)) { (pool, _) async throws in
            let first = try await process(pool)
            #expect(try await process(pool) != first)
        }
    }

    @Test func `a connection that comes back in a transaction is ended`() async throws {
        try await withPool(.init(connections: 1)) { (pool, _) async throws in
            let first = try await pool.withConnection { (connection) async throws in
                try await connection.query("BEGIN")
                try await connection.query("CREATE TABLE t (n integer)")
                return connection.backendProcessID
            }
            #expect(try await process(pool) != first)
            #expect(try await pool.query("SELECT 1 FROM pg_class WHERE relname = 't'").rowCount == 0)
        }
    }

    @Test func `a connection that the server ended in the pool is replaced before anybody notices`() async throws {
        try await withPool(.init(connections: 2)) { (pool, administrator) async throws in
            for _ in 0..<10 {
                let first = try await process(pool)
                try await administrator.query("SELECT pg_terminate_backend($1)", .init(first))
                try await eventually("the session has ended") {
                    try await administrator.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", .init(first))
                        .rowCount == 0
                }
                #expect(try await pool.query("SELECT 1").rowCount == 1)
            }
        }
    }

    @Test func `a place is free again after connecting has failed`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            var wrong = configuration
            wrong.keywords["dbname"] = "no_such_database"
            let pool = PostgresPool(wrong, limits: .init(connections: 1, waiters: 0))
            defer { pool.close() }
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
                #expect(error?.isNotConnected == true)
            }
        }
    }

    @Test func `a transaction of the pool is committed, or rolled back when its work throws`() async throws {
        try await withPool(.init(connections: 1)) { (pool, administrator) async throws in
            try await pool.query("CREATE TABLE t (n integer)")
            try await pool.withTransaction { try await $0.query("INSERT INTO t VALUES (1)") }
            await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { (connection) async throws in
                    try await connection.query("INSERT INTO t VALUES (2)")
                    try await connection.query("SELECT 1 / 0")
                }
            }
            #expect(try await administrator.query("SELECT n FROM t").rowCount == 1)
        }
    }
}

import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct CancellationTests {
    /// A text by which a test finds its own statement.
    private let mark = "mark-\(UUID().uuidString)"

    @Test func `a cancelled task ends its statement on the server, with SQLSTATE 57014`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            let observer = try await PostgresConnection.connect(configuration)
            defer { [connection, observer].forEach { $0.close() } }
            let query = Task { try await connection.query("SELECT pg_sleep(600) /* \(mark) */") }
            try await ServerActivity(observer).waitUntilRunning(mark)
            query.cancel()
            let error = await #expect(throws: PostgresError.self) { try await query.value }
            #expect(error?.sqlState == "57014")
            #expect(try await ServerActivity(observer).count(running: mark) == 0)
            #expect(try await connection.query("SELECT 1").rowCount == 1)
        }
    }

    @Test func `a cancelled task ends its script on the server`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            let observer = try await PostgresConnection.connect(configuration)
            defer { [connection, observer].forEach { $0.close() } }
            let script = Task { try await connection.execute(script: "SELECT 1; SELECT pg_sleep(600) /* \(mark) */") }
            try await ServerActivity(observer).waitUntilRunning(mark)
            script.cancel()
            let error = await #expect(throws: PostgresError.self) { try await script.value }
            #expect(error?.sqlState == "57014")
            #expect(try await ServerActivity(observer).count(running: mark) == 0)
        }
    }

    @Test func `a statement that waits for its turn is not sent after its task was cancelled`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            let observer = try await PostgresConnection.connect(configuration)
            defer { [connection, observer].forEach { $0.close() } }
            try await connection.query("CREATE TABLE t (n integer)")
            // A script has the connection for itself, so that what comes next waits.
            let script = Task { try await connection.execute(script: "SELECT pg_sleep(600) /* \(mark) */") }
            try await ServerActivity(observer).waitUntilRunning(mark)
            let waiting = Task { try await connection.query("INSERT INTO t VALUES (1)") }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            #expect(try await ServerActivity(observer).count(running: mark) == 1)
            script.cancel()
            await #expect(throws: PostgresError.self) { try await script.value }
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `a statement behind another in the pipeline is stopped at its turn, and the other is not`()
        async throws
    {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            let observer = try await PostgresConnection.connect(configuration)
            defer { [connection, observer].forEach { $0.close() } }
            try await observer.query("SELECT pg_advisory_lock(7)")
            let first = Task { try await connection.query("SELECT pg_advisory_lock(7) /* \(mark) */") }
            try await ServerActivity(observer).waitUntilRunning(mark)
            let second = Task { try await connection.query("SELECT pg_sleep(600) /* behind \(mark) */") }
            second.cancel()
            try await observer.query("SELECT pg_advisory_unlock(7)")
            #expect(try await first.value.rowCount == 1)
            let error = await #expect(throws: (any Error).self) { try await second.value }
            #expect(error is CancellationError || (error as? PostgresError)?.sqlState == "57014")
            #expect(try await ServerActivity(observer).count(running: mark) == 0)
        }
    }

    @Test func `a cancelled task sends nothing`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE t (n integer)")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.query("INSERT INTO t VALUES (1)")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `a cancel never hits the next borrower of the connection`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            let pool = PostgresPool(configuration, limits: .init(connections: 1))
            defer { pool.close() }
            for round in 0..<100 {
                // Sometimes the statement is faster than its cancel, sometimes slower; the next one can be hit for long.
                let cancelled = Task { try await pool.query("SELECT pg_sleep(\(Double(round % 20) / 10_000))") }
                for _ in 0..<round { await Task.yield() }
                cancelled.cancel()
                _ = try? await cancelled.value
                #expect(try await pool.query("SELECT pg_sleep(0.01)").rowCount == 1)
            }
        }
    }

    @Test func `cancelStatement stops what is under way`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            let observer = try await PostgresConnection.connect(configuration)
            defer { [connection, observer].forEach { $0.close() } }
            connection.cancelStatement()
            let query = Task { try await connection.query("SELECT pg_sleep(600) /* \(mark) */") }
            try await ServerActivity(observer).waitUntilRunning(mark)
            connection.cancelStatement()
            let error = await #expect(throws: PostgresError.self) { try await query.value }
            #expect(error?.sqlState == "57014")
        }
    }
}

import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct Refusal: Error {}

    private func withTable(_ work: (PostgresConnection, PostgresConfiguration) async throws -> Void) async throws {
        try await withScratchDatabase { (configuration) async throws in
            let connection = try await PostgresConnection.connect(configuration)
            defer { connection.close() }
            try await connection.query("CREATE TABLE t (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            try await work(connection, configuration)
        }
    }

    @Test func `a transaction whose work returns is committed`() async throws {
        try await withTable { (connection, configuration) async throws in
            let value = try await connection.withTransaction { (connection) async throws in
                try await connection.query("INSERT INTO t VALUES (1)")
                return "done"
            }
            #expect(value == "done")
            let other = try await PostgresConnection.connect(configuration)
            defer { other.close() }
            #expect(try await other.query("SELECT 1 FROM t").rowCount == 1)
        }
    }

    @Test func `a transaction whose work throws is rolled back, and its error is the one that is thrown`() async throws
    {
        try await withTable { (connection, _) async throws in
            await #expect(throws: Refusal.self) {
                try await connection.withTransaction { (connection) async throws in
                    try await connection.query("INSERT INTO t VALUES (1)")
                    throw Refusal()
                }
            }
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `a transaction whose task is cancelled is rolled back, also between statements`() async throws {
        try await withTable { (connection, _) async throws in
            let task = Task {
                try await connection.withTransaction { (connection) async throws in
                    try await connection.query("INSERT INTO t VALUES (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `a transaction whose task is cancelled in mid-statement is rolled back`() async throws {
        try await withTable { (connection, configuration) async throws in
            let mark = "mark-\(UUID().uuidString)"
            let observer = try await PostgresConnection.connect(configuration)
            defer { observer.close() }
            let task = Task {
                try await connection.withTransaction { (connection) async throws in
                    try await connection.query("INSERT INTO t VALUES (1)")
                    try await connection.query("SELECT pg_sleep(600) /* \(mark) */")
                }
            }
            try await ServerActivity(observer).waitUntilRunning(mark)
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.sqlState == "57014")
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `work that goes on after a failed statement is not taken for committed`() async throws {
        try await withTable { (connection, _) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { (connection) async throws in
                    try await connection.query("INSERT INTO t VALUES (1)")
                    _ = try? await connection.query("SELECT 1 / 0")
                }
            }
            #expect(String(describing: error).contains("rolled back"))
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `what the commit refuses is thrown`() async throws {
        try await withTable { (connection, _) async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { (connection) async throws in
                    try await connection.query("INSERT INTO t VALUES (1), (1)")
                }
            }
            #expect(error?.sqlState == "23505")
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `transactions are not nested`() async throws {
        try await withTable { (connection, _) async throws in
            await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { (connection) async throws in
                    try await connection.query("INSERT INTO t VALUES (1)")
                    try await connection.withTransaction { try await $0.query("INSERT INTO t VALUES (2)") }
                }
            }
            #expect(try await connection.query("SELECT 1 FROM t").rowCount == 0)
        }
    }

    @Test func `repeatable read sees one state; read committed sees what others commit`() async throws {
        try await withTable { (connection, configuration) async throws in
            let other = try await PostgresConnection.connect(configuration)
            defer { other.close() }
            for (isolation, expected) in [(PostgresIsolation.repeatableRead, 0), (.readCommitted, 1)] {
                let count = try await connection.withTransaction(isolation: isolation) { connection in
                    let before = try await connection.query("SELECT 1 FROM t").rowCount
                    try await other.query("INSERT INTO t SELECT coalesce(max(n), 0) + 1 FROM t")
                    return try await connection.query("SELECT 1 FROM t").rowCount - before
                }
                #expect(count == expected, "\(isolation)")
            }
        }
    }

    @Test func `serializable transactions that contradict each other fail with SQLSTATE 40001`() async throws {
        try await withTable { (connection, configuration) async throws in
            let other = try await PostgresConnection.connect(configuration)
            defer { other.close() }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction(isolation: .serializable) { connection in
                    try await connection.query("SELECT count(*) FROM t")
                    try await other.withTransaction(isolation: .serializable) { other in
                        try await other.query("SELECT count(*) FROM t")
                        try await other.query("INSERT INTO t VALUES (1)")
                    }
                    try await connection.query("INSERT INTO t VALUES (2)")
                }
            }
            #expect(error?.sqlState == "40001")
        }
    }

    @Test func `a failed transaction ends also when the connection keeps no more statements prepared`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            var configuration = configuration
            configuration.preparedStatements = 1
            let connection = try await PostgresConnection.connect(configuration)
            defer { connection.close() }
            try await connection.query("SELECT 1")
            await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { try await $0.query("SELECT 1 / 0") }
            }
            #expect(try await connection.withTransaction { try await $0.query("SELECT 2 AS n").rowCount } == 1)
        }
    }
}

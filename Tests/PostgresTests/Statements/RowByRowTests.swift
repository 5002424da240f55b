import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// Rows that are read one at a time.
@Suite(.timeLimit(.minutes(3))) struct RowByRowTests {
    private struct Answer: Sendable {
        let rows: [String?]
        /// How many rows libpq held at a time, at most.
        let mostHeld: Int
        let result: PostgresResult
    }

    /// - Parameter limit: How many rows are asked for.
    private func answer(
        _ sql: String, on connection: PostgresConnection, limit: Int = .max
    ) async throws -> Answer {
        let taken = Mutex<(rows: [String?], mostHeld: Int)>(([], 0))
        let result = try await withCheckedThrowingContinuation { continuation in
            connection.sendText(sql) { row in
                taken.withLock { taken in
                    taken.rows.append(row.text(0))
                    taken.mostHeld = max(taken.mostHeld, row.result.rowCount)
                    return taken.rows.count < limit
                }
            } completion: {
                continuation.resume(with: $0)
            }
        }
        return taken.withLock { Answer(rows: $0.rows, mostHeld: $0.mostHeld, result: result) }
    }

    @Test(arguments: [
        "WITH n AS (SELECT generate_series(1, 1000)) SELECT * FROM n",
        "SELECT generate_series(1, 1000)",
        "INSERT INTO pg_temp.numbers SELECT generate_series(1, 1000) RETURNING n",
    ])
    func `every row comes by itself and in order, and the answer holds none`(sql: String) async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        defer { connection.close() }
        try await connection.execute(script: "CREATE TEMPORARY TABLE numbers (n integer)")
        let answer = try await answer(sql, on: connection)
        #expect(answer.rows == (1...1_000).map(String.init))
        #expect(answer.mostHeld == 1)
        #expect(answer.result.rowCount == 0)
        #expect(answer.result.affectedRows == 1_000)
        #expect(answer.result.columns.map(\.type) == [23])
    }

    @Test func `rows that nobody wants are dropped, and the statement runs to its end`() async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        defer { connection.close() }
        try await connection.execute(script: "CREATE TEMPORARY SEQUENCE calls")
        let answer = try await answer(
            "SELECT nextval('calls') FROM generate_series(1, 5000)", on: connection, limit: 3)
        #expect(answer.rows == ["1", "2", "3"])
        #expect(answer.result.affectedRows == 5_000)
        let last: Int? = try await connection.query("SELECT last_value FROM calls").first?.decode("last_value")
        #expect(last == 5_000)
    }

    @Test func `an error after some rows is the answer, and the connection goes on`() async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        defer { connection.close() }
        let error = await #expect(throws: PostgresError.self) {
            try await answer("SELECT 1 / (5 - n) FROM generate_series(1, 10) AS n", on: connection)
        }
        #expect(error?.sqlState == "22012")
        #expect(try await connection.query("SELECT 1 AS one").first?.decode("one", as: Int.self) == 1)
    }

    @Test func `statements before and after it are answered in their order, as a whole`() async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        defer { connection.close() }
        async let before = connection.query("SELECT 1 AS n")
        async let middle = answer("SELECT generate_series(1, 3)", on: connection)
        async let after = connection.query("SELECT generate_series(1, 3)")
        #expect(try await before.first?.decode("n", as: Int.self) == 1)
        #expect(try await middle.rows == ["1", "2", "3"])
        #expect(try await after.rowCount == 3)
        #expect(try await connection.query("SELECT generate_series(1, 4)").rowCount == 4)
    }

    @Test func `several statements in one text, and COPY, are refused`() async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        defer { connection.close() }
        let error = await #expect(throws: PostgresError.self) { try await answer("SELECT 1; SELECT 2", on: connection) }
        #expect(error?.sqlState == "42601")
        await #expect(throws: PostgresError.self) { try await answer("COPY (SELECT 1) TO STDOUT", on: connection) }
        #expect(!connection.isUsable)
    }

    @Test func `work that takes longer than its bound loses the connection`() async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        #expect(
            try await connection.within(.seconds(60)) {
                try await connection.query("SELECT 1 AS n").first?.decode("n", as: Int.self)
            } == 1)
        let error = await #expect(throws: PostgresError.self) {
            try await connection.within(.milliseconds(50)) { try await connection.query("SELECT pg_sleep(600)") }
        }
        #expect(error?.isConnectionLost == true)
        #expect(String(describing: error).contains("no answer within"))
        #expect(!connection.isUsable)
    }
}

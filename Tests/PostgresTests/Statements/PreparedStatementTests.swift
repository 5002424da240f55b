import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// What the server has prepared, as it says itself (`pg_prepared_statements`).
@Suite struct PreparedStatementTests {
    private func preparedTexts(_ connection: PostgresConnection) async throws -> [String] {
        let rows = try await connection.textQuery(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%mark%' ORDER BY name"
        ).rows
        return rows.compactMap { $0.text(0) }
    }

    @Test func `a statement is prepared once, however often it runs`() async throws {
        try await withScratchConnection { (connection) async throws in
            for number in 0..<5 {
                let row = try await connection.query("SELECT $1::bigint AS mark", .init(number)).first
                #expect(try row?.decode("mark", as: Int.self) == number)
            }
            #expect(try await preparedTexts(connection) == ["SELECT $1::bigint AS mark"])
        }
    }

    @Test func `no more statements stay prepared than configured`() async throws {
        try await withScratchDatabase { (configuration) async throws in
            var configuration = configuration
            configuration.preparedStatements = 3
            let connection = try await PostgresConnection.connect(configuration)
            defer { connection.close() }
            for _ in 0..<2 {
                for number in 0..<10 {
                    let row = try await connection.query("SELECT \(number) AS mark").first
                    #expect(try row?.decode("mark", as: Int.self) == number)
                }
            }
            #expect(try await preparedTexts(connection).count == 3)
        }
    }

    @Test func `a statement that fails when it runs is not prepared again and again`() async throws {
        try await withScratchConnection { (connection) async throws in
            for _ in 0..<5 {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.query("SELECT 1 / $1::integer AS mark", .init(Int32(0)))
                }
                #expect(error?.sqlState == "22012")
            }
            #expect(try await preparedTexts(connection).count == 1)
        }
    }

    @Test func `the same text with other types of parameters is another statement`() async throws {
        try await withScratchConnection { (connection) async throws in
            let sql = "SELECT $1::text AS mark"
            #expect(try await connection.query(sql, .init("a")).first?.decode("mark") == "a")
            #expect(try await connection.query(sql, .init(7)).first?.decode("mark") == "7")
            #expect(try await connection.query(sql, .init(0.5)).first?.decode("mark") == "0.5")
        }
    }

    @Test func `a statement goes on working when its table gets another shape`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE t (n integer)")
            try await connection.query("INSERT INTO t VALUES (1)")
            #expect(try await connection.query("SELECT * FROM t").columns.map(\.name) == ["n"])
            try await connection.query("ALTER TABLE t ADD COLUMN mark text")
            #expect(try await connection.query("SELECT * FROM t").columns.map(\.name) == ["n", "mark"])
        }
    }

    @Test func `in a transaction a table's new shape is an error once, and no more afterwards`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE t (n integer)")
            try await connection.query("SELECT * FROM t")
            try await connection.query("ALTER TABLE t ADD COLUMN mark text")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { try await $0.query("SELECT * FROM t") }
            }
            #expect(error?.sqlState == "0A000")
            let columns = try await connection.withTransaction { try await $0.query("SELECT * FROM t").columns }
            #expect(columns.count == 2)
        }
    }

    @Test(arguments: ["DISCARD ALL", "DEALLOCATE ALL"])
    func `a session that forgot its prepared statements prepares them anew`(sql: String) async throws {
        try await withScratchDatabase { (configuration) async throws in
            var configuration = configuration
            configuration.preparedStatements = 2
            let connection = try await PostgresConnection.connect(configuration)
            defer { connection.close() }
            for first in [1, 3] {
                try await connection.query("SELECT 1 AS mark")
                try await connection.query("SELECT 2 AS mark")
                try await connection.execute(script: sql)
                let row = try await connection.query("SELECT \(first) AS mark").first
                #expect(try row?.decode("mark", as: Int.self) == first)
            }
        }
    }

    @Test func `a statement with a NUL is refused before it is sent, and the connection goes on`() async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("CREATE TABLE t (n integer)")
            for work in [
                { try await connection.query("DELETE FROM t\0 WHERE n = 1") },
                { try await connection.textQuery("DELETE FROM t\0 WHERE n = 1") },
            ] {
                let error = await #expect(throws: PostgresError.self) { _ = try await work() }
                #expect(String(describing: error).contains("NUL"))
            }
            await #expect(throws: PostgresError.self) { try await connection.execute(script: "SELECT 1;\0") }
            #expect(try await connection.query("SELECT 1 AS one").rowCount == 1)
        }
    }

    @Test func `more parameters than the protocol counts are refused, and the connection goes on`() async throws {
        try await withScratchConnection { (connection) async throws in
            var parameters = PostgresParameters()
            for number in 0..<65_536 { parameters.add(number) }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.query("SELECT 1 AS one", parameters)
            }
            #expect(String(describing: error).contains("65535"))
            #expect(try await connection.query("SELECT 1 AS one").rowCount == 1)
        }
    }
}

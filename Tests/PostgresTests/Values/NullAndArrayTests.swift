import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct NullAndArrayTests {
    @Test func `NULL goes as nil and comes back as nil, whatever the type`() async throws {
        try await withScratchConnection { (connection) async throws in
            var parameters = PostgresParameters()
            parameters.add(Int64?.none)
            parameters.add(String?.none)
            parameters.add(Date?.none)
            parameters.add(PostgresBytes?.none)
            parameters.add(UUID?.none)
            let sql = "SELECT $1::bigint AS a, $2::text AS b, $3::timestamptz AS c, $4::bytea AS d, $5::uuid AS e"
            let row = try #require(try await connection.query(sql, parameters).first)
            #expect(try row.decodeOptional("a", as: Int.self) == nil)
            #expect(try row.decodeOptional("b", as: String.self) == nil)
            #expect(try row.decodeOptional("c", as: Date.self) == nil)
            #expect(try row.decodeOptional("d", as: PostgresBytes.self) == nil)
            #expect(try row.decodeOptional("e", as: UUID.self) == nil)
        }
    }

    @Test func `an empty text is not NULL`() async throws {
        try await withScratchConnection { (connection) async throws in
            let row = try await connection.query("SELECT $1::text IS NULL AS isNull, $1 AS text", .init("")).first
            #expect(try row?.decode("isnull", as: Bool.self) == false)
            #expect(try row?.decode("text", as: String.self) == "")
        }
    }

    @Test func `a NULL, a missing column and another type are told apart by name`() async throws {
        try await withScratchConnection { (connection) async throws in
            let row = try #require(try await connection.query("SELECT NULL::text AS nothing, 1 AS number").first)
            #expect(throws: PostgresError.self) { try row.decode("nothing", as: String.self) }
            for (column, reason) in [("nothing", "is NULL"), ("nowhere", "no column"), ("number", "is not a String")] {
                let error = #expect(throws: PostgresError.self) { try row.decode(column, as: String.self) }
                let text = "\(try #require(error))"
                #expect(text.contains(column) && text.contains(reason), "\(text)")
            }
        }
    }

    private func text(ofArray parameters: PostgresParameters, _ type: String) async throws -> String? {
        try await withScratchConnection { (connection) async throws in
            let sql = "SELECT array_to_json($1::\(type)[])::text AS text"
            return try await connection.query(sql, parameters).first?.decodeOptional("text")
        }
    }

    @Test func `arrays arrive in order, with their NULLs`() async throws {
        var parameters = PostgresParameters()
        var numbers = PostgresArray<Int64>()
        for number in [3, nil, -1] as [Int64?] { numbers.append(number) }
        parameters.add(numbers)
        #expect(try await text(ofArray: parameters, "bigint") == "[3,null,-1]")
    }

    @Test func `arrays of texts need no escaping`() async throws {
        var parameters = PostgresParameters()
        parameters.add(array: ["", "a,b", "{}", "\"\\", "NULL"])
        #expect(try await text(ofArray: parameters, "text") == #"["","a,b","{}","\"\\","NULL"]"#)
    }

    @Test func `an empty array is an array without elements, not NULL`() async throws {
        var parameters = PostgresParameters()
        parameters.add(array: [] as [String])
        #expect(try await text(ofArray: parameters, "text") == "[]")
    }

    @Test func `an array holds as many elements as a batch needs`() async throws {
        try await withScratchConnection { (connection) async throws in
            var parameters = PostgresParameters()
            parameters.add(array: Array(0..<100_000))
            let sql = "SELECT sum(n)::bigint AS sum, count(*) AS count FROM unnest($1::bigint[]) AS n"
            let row = try await connection.query(sql, parameters).first
            #expect(try row?.decode("sum", as: Int.self) == 4_999_950_000)
            #expect(try row?.decode("count", as: Int.self) == 100_000)
        }
    }

    @Test func `text results say what the server writes, and nil for NULL`() async throws {
        try await withScratchConnection { (connection) async throws in
            let result = try await connection.textQuery("SELECT 1.50::numeric AS amount, NULL AS nothing, '' AS empty")
            let row = try #require(result.first)
            #expect(row.text(0) == "1.50")
            #expect(row.text(1) == nil)
            #expect(row.text(2) == "")
            #expect(result.columns.map(\.name) == ["amount", "nothing", "empty"])
            #expect(result.columns.first?.type == 1700)
        }
    }

    @Test func `a result tells its command and how many rows it changed`() async throws {
        try await withScratchConnection { (connection) async throws in
            let created = try await connection.query("CREATE TABLE t (n integer)")
            #expect(created.commandTag == "CREATE TABLE")
            #expect(created.affectedRows == nil)
            let inserted = try await connection.query("INSERT INTO t SELECT generate_series(1, 3)")
            #expect(inserted.commandTag == "INSERT 0 3")
            #expect(inserted.affectedRows == 3)
            #expect(try await connection.query("SELECT n FROM t").rowCount == 3)
        }
    }
}

import Foundation
import Postgres
import TestSupport
import Testing

/// Values that go to the server as parameters and come back in a column.
@Suite struct ValueTests {
    private func echo<Value: PostgresEncodable & PostgresDecodable>(_ value: Value, as type: String) async throws
        -> (value: Value, text: String)
    {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        defer { connection.close() }
        try await connection.query("SET timezone = 'UTC'")
        let sql = "SELECT $1::\(type) AS value, ($1::\(type))::text AS text"
        let row = try #require(try await connection.query(sql, .init(value)).first)
        return (try row.decode("value"), try row.decode("text"))
    }

    @Test(arguments: [Int64.min, -1, 0, 1, .max])
    func `bigint comes back as it went`(value: Int64) async throws {
        let answer = try await echo(value, as: "bigint")
        #expect(answer == (value, "\(value)"))
    }

    @Test func `smaller integers are read as Int`() async throws {
        try await withScratchConnection { (connection) async throws in
            let sql = "SELECT $1::integer AS i, (-32768)::smallint AS s"
            let row = try #require(try await connection.query(sql, .init(Int32.min)).first)
            #expect(try row.decode("i", as: Int.self) == Int(Int32.min))
            #expect(try row.decode("s", as: Int.self) == -32_768)
        }
    }

    @Test(arguments: [true, false])
    func `boolean comes back as it went`(value: Bool) async throws {
        let answer = try await echo(value, as: "boolean")
        #expect(answer == (value, "\(value)"))
    }

    @Test(arguments: [0, -0.0, 0.1, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity])
    func `double precision comes back to the last bit`(value: Double) async throws {
        let answer = try await echo(value, as: "double precision")
        #expect(answer.value.bitPattern == value.bitPattern)
    }

    @Test func `NaN comes back as NaN`() async throws {
        let answer = try await echo(Double.nan, as: "double precision")
        #expect(answer.value.isNaN)
        #expect(answer.text == "NaN")
    }

    @Test(arguments: ["", " ", "naïve 🌊 \u{1F468}\u{200D}\u{1F469}", "a\u{0301}", "'; DROP TABLE x; --", "\\\r\n\t"])
    func `text comes back as it went`(value: String) async throws {
        let answer = try await echo(value, as: "text")
        #expect(Array(answer.value.utf8) == Array(value.utf8))
    }

    @Test func `a text of 20 MB comes back as it went`() async throws {
        let value = String(repeating: "0123456789 weir ü ", count: 1 << 20)
        let answer = try await echo(value, as: "text")
        #expect(answer.value == value)
    }

    @Test func `a text with NUL is refused by the server with SQLSTATE 22021`() async throws {
        let error = await #expect(throws: PostgresError.self) { try await echo("a\0b", as: "text") }
        #expect(error?.sqlState == "22021")
    }

    @Test func `json comes back byte for byte`() async throws {
        let value = #"{ "b" : 1.0,  "a":[ 1e2 ,"\u00e9"], "b": null }"#
        #expect(try await echo(value, as: "json").value == value)
    }

    @Test(arguments: [[], [0], Array(0...255)] as [[UInt8]])
    func `bytea comes back as it went`(value: [UInt8]) async throws {
        #expect(try await echo(PostgresBytes(value), as: "bytea").value.bytes == value)
    }

    @Test func `uuid comes back as it went`() async throws {
        let value = UUID()
        let answer = try await echo(value, as: "uuid")
        #expect(answer == (value, value.uuidString.lowercased()))
    }

    @Test(arguments: [
        "2026-07-28 09:10:11.123456+00", "1970-01-01 00:00:00+00", "1999-12-31 23:59:59.999999+00",
        "2000-01-01 00:00:00.000001+00", "0001-01-01 00:00:00+00", "2199-01-01 00:00:00.000007+00",
        "9999-12-31 23:59:59+00",
    ])
    func `timestamptz comes back to the microsecond`(text: String) async throws {
        try await withScratchConnection { (connection) async throws in
            try await connection.query("SET timezone = 'UTC'")
            let read = try await connection.query("SELECT $1::text::timestamptz AS time", .init(text)).first
            let time = try #require(try read?.decode("time", as: Date.self))
            let back = try await connection.query("SELECT ($1::timestamptz)::text AS text", .init(time)).first
            #expect(try back?.decode("text", as: String.self) == text)
        }
    }

    @Test(arguments: [(Double.infinity, "infinity"), (-Double.infinity, "-infinity")])
    func `an infinite time is Postgres's infinity`(seconds: Double, text: String) async throws {
        let time = Date(timeIntervalSinceReferenceDate: seconds)
        let answer = try await echo(time, as: "timestamptz")
        #expect(answer.text == text)
        #expect(answer.value.timeIntervalSinceReferenceDate == seconds)
    }

    @Test(arguments: [1e14, -1e14, 1e300, -1e300, Double.nan])
    func `a time out of Postgres's range is refused by the server with SQLSTATE 22008`(seconds: Double) async throws {
        let time = Date(timeIntervalSinceReferenceDate: seconds)
        let error = await #expect(throws: PostgresError.self) { try await echo(time, as: "timestamptz") }
        #expect(error?.sqlState == "22008")
    }
}

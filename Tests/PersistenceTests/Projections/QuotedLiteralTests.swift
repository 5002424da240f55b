import Postgres
import TestSupport
import Testing

@testable import Persistence

@Suite struct QuotedLiteralTests {
    @Test(arguments: ["", "it's", "''", "'\u{301}; SELECT 1; --", "a'\u{301}'\u{200d}b"])
    func `a literal holds whatever it is made of`(text: String) async throws {
        let connection = try await PostgresConnection.connect(TestServer.configuration())
        defer { connection.close() }
        let row = try await connection.query("SELECT \(text.quotedLiteral) AS value").first
        #expect(try row?.decode("value", as: String.self) == text)
    }
}

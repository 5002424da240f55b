import API
import TestSupport
import Testing

@Suite("A statement that fails")
struct BadStatementTests {
    /// A statement, the engine's own code for what is wrong with it, and words that people need.
    private typealias Case = (sql: String, code: String, says: [String])

    private static let onPostgres: [Case] = [
        ("SELEC 1", "42601", ["SELEC", "at character 1)"]),
        ("SELECT n,\n  nme FROM effects", "42703", ["nme", "at character 13)"]),
        ("SELECT * FROM nowhere", "42P01", ["nowhere", "at character 15)"]),
        ("SELECT 1 / (n - n) FROM (VALUES (1)) AS t (n)", "22012", ["division by zero"]),
        ("INSERT INTO effects VALUES ('many')", "22P02", ["many", "at character 29)"]),
        ("DROP TABLE effects", "42501", ["effects"]),
        ("SELECT 1; SELECT 2", "42601", ["cannot insert multiple commands"]),
        ("COMMIT", "STATEMENT_NOT_SUPPORTED", ["COMMIT", "Leave it out"]),
    ]

    private static let onTrino: [Case] = [
        ("SELEC 1", "SYNTAX_ERROR", ["line 1:1", "SELEC"]),
        ("SELECT name,\n  nme FROM nation", "COLUMN_NOT_FOUND", ["line 2:3", "nme"]),
        ("SELECT * FROM nowhere", "TABLE_NOT_FOUND", ["line 1:15", "tpch.tiny.nowhere"]),
        ("SELECT 1 / (nationkey - nationkey) FROM nation", "DIVISION_BY_ZERO", ["Division by zero"]),
        ("SELECT CAST('many' AS integer)", "INVALID_CAST_ARGUMENT", ["many"]),
        ("DROP TABLE nation", "NOT_SUPPORTED", ["drop"]),
    ]

    private static func fails(_ cases: [Case], on engine: TestedEngine) async throws {
        let runs = try await withThrowingTaskGroup { group in
            for (index, item) in cases.enumerated() { group.addTask { (index, try await engine.ended(item.sql)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (index, run) in runs {
            let item = cases[index]
            let what = Comment(rawValue: item.sql)
            #expect(run.status == "failed", what)
            #expect(run.attempts == 1, what)
            let failure = try #require(run.failure, what)
            #expect(failure.code == item.code, what)
            #expect(failure.fault == "user", what)
            #expect(!failure.retryable, what)
            for word in item.says { #expect(failure.message.contains(word), what) }
            let last = try await engine.lastEvent(run)
            #expect(last.type == "run.failed", what)
            #expect(last.payload["failure"]?["code"]?.string == item.code, what)
        }
        // What others did wrong is in nobody's way.
        #expect(try await engine.ended("SELECT 1 AS n").status == "succeeded")
    }

    @Test("on Postgres ends its run as the user's fault, with the engine's code and the place in the user's text")
    func failsOnPostgres() async throws {
        try await TestedEngine.onPostgres { try await Self.fails(Self.onPostgres, on: $0) }
    }

    @Test(
        "on Trino ends its run as the user's fault, with the engine's code and the place in the user's text",
        .enabled(if: TrinoServer.isThere, Comment(rawValue: TrinoServer.skipReason)))
    func failsOnTrino() async throws {
        try await TestedEngine.onTrino { try await Self.fails(Self.onTrino, on: $0) }
    }
}

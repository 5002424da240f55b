import API
import APIClient
import TestSupport
import Testing

@Suite("A value for a job's parameter")
struct BadArgumentTests {
    private static let parameters = [
        ParameterSpecification(name: "t", type: "text"),
        ParameterSpecification(name: "n", type: "integer", default: "-1"),
        ParameterSpecification(name: "day", type: "date", default: "2026-01-31"),
    ]
    private static let sql = """
        SELECT {{job.parameters.t}} AS t, 5-{{job.parameters.n}} AS n, CAST({{job.parameters.day}} AS varchar) AS day
        """

    private static func refusal(_ job: String, _ body: String, _ code: String, _ field: String, says: String) -> Refusal
    {
        Refusal(
            request: .post("/api/v1/jobs/\(job)/runs", #"{"parameters":\#(body)}"#), status: 422, code: code,
            faults: ["/parameters/\(field) \(code)"], says: [says])
    }

    @Test("that is missing, unknown or of another type is refused by its name, and no run comes of it")
    func isRefused() async throws {
        try await TestedEngine.onPostgres { engine in
            let job = try await engine.user.job(on: engine.connection, sql: Self.sql, parameters: Self.parameters)
            let wrong = "parameter-value-invalid"
            let recorded = try await RawSession(engine.server.base).expect([
                Self.refusal(job, "{}", "parameter-missing", "t", says: "give it a value"),
                Self.refusal(job, #"{"t":"a","nn":1}"#, "parameter-unknown", "nn", says: "it has day, n, t"),
                Self.refusal(job, #"{"t":"a","n":"many"}"#, wrong, "n", says: "a whole number of 64 bits"),
                Self.refusal(job, #"{"t":"a","n":1.5}"#, wrong, "n", says: "a whole number of 64 bits"),
                Self.refusal(job, #"{"t":"a","n":"1; DROP TABLE effects"}"#, wrong, "n", says: "DROP TABLE"),
                Self.refusal(job, #"{"t":"a","n":9223372036854775808}"#, wrong, "n", says: "of 64 bits"),
                Self.refusal(job, #"{"t":"a","day":"31.1.2026"}"#, wrong, "day", says: "such as 2026-01-31"),
            ])
            _ = try await EventFeed(engine.server.base).refusals(of: recorded.keys)
            let runs = try await engine.user.client.get(
                Endpoints.listRuns, Endpoints.listRuns.path(), query: [("job", job)])
            #expect(runs.items.isEmpty)
        }
    }

    @Test("cannot be put where its text would become part of the statement")
    func cannotBeMisplaced() async throws {
        try await TestedEngine.onPostgres { engine in
            func refusal(_ sql: String, _ code: String, says: String) -> Refusal {
                let body = """
                    {"name":"j","connection_id":"\(engine.connection)","sql":"\(sql)",\
                    "parameters":[{"name":"t","type":"text"}]}
                    """
                return Refusal(
                    request: .post("/api/v1/workspaces/\(engine.user.workspace)/jobs", body), status: 422, code: code,
                    faults: ["/sql \(code)"], says: [says])
            }
            _ = try await RawSession(engine.server.base).expect([
                refusal("SELECT '{{job.parameters.t}}'", "placeholder-quoted", says: "take the quotes away"),
                refusal("SELECT 1 -- {{job.parameters.t}}", "placeholder-quoted", says: "within a comment"),
                refusal("SELECT $a${{job.parameters.t}}$a$", "placeholder-quoted", says: "take the quotes away"),
                refusal("SELECT E{{job.parameters.t}}", "placeholder-joined", says: "put a space"),
                refusal("SELECT {{job.parameters.u}}", "placeholder-unknown", says: "declare it in parameters"),
                refusal("SELECT {{job.parameters.t", "placeholder-open", says: "not closed"),
            ])
        }
    }

    /// Texts that would end a literal, if anything did.
    private static let attacks = [
        "'; DROP TABLE effects; --", #"\'; DROP TABLE effects; --"#, "''", "' || (SELECT 1) || '", "$$; SELECT 1",
        "{{job.run_id}}", "/* */ -- \n", "\u{02BC}\u{FF07}", "'\u{0301}; DROP TABLE effects; --",
    ]

    private static func staysText(on engine: TestedEngine) async throws {
        let job = try await engine.user.job(on: engine.connection, sql: Self.sql, parameters: parameters)
        let found = try await withThrowingTaskGroup { group in
            for attack in attacks {
                group.addTask {
                    let run = try await engine.user.ended(try await engine.user.start(job, ["t": attack]))
                    #expect(run.status == "succeeded", Comment(rawValue: "\(attack): \(run.failure?.message ?? "")"))
                    let result = try await engine.user.client.get(
                        Endpoints.getRunResult, Endpoints.getRunResult.path(run.id))
                    return (attack, result.rows)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (attack, rows) in found {
            #expect(rows.count == 1)
            let text = try #require(rows.first?.first?.string)
            // As bytes: to Swift, texts are equal that are composed differently.
            #expect(Array(text.utf8) == Array(attack.utf8))
            #expect(rows.first?.dropFirst() == [.integer(6), .string("2026-01-31")])
        }
    }

    @Test("stays a value on Postgres, whatever is in it")
    func staysTextOnPostgres() async throws {
        try await TestedEngine.onPostgres { try await Self.staysText(on: $0) }
    }

    @Test(
        "stays a value on Trino, whatever is in it",
        .enabled(if: TrinoServer.isThere, Comment(rawValue: TrinoServer.skipReason)))
    func staysTextOnTrino() async throws {
        try await TestedEngine.onTrino { try await Self.staysText(on: $0) }
    }
}

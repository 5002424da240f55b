import API
import APIClient
import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("A restart after a crash")
struct RestartTests {
    @Test(
        "takes the same Trino query up again: one query, and its result arrives",
        .enabled(if: TrinoServer.isThere, Comment(rawValue: TrinoServer.skipReason)))
    func takesUpTrinoQuery() async throws {
        try await MigratedDatabase.run { database in
            let first = try await WeirProcess.serve(database)
            let before = try await UserSession(first.base)
            let run = try await before.start(
                try await before.job(try UserSession.trino(), sql: "SELECT count(*) AS n FROM tpch.sf1.lineitem"))
            let running = try await before.run(run) { $0.startedAt != nil }
            #expect(running.status == "running", "it must be killed while the query runs")
            await first.kill()

            let second = try await WeirProcess.serve(database)
            let after = try UserSession(second.base, workspace: before.workspace)
            let ended = try await after.ended(run)
            #expect(ended.status == "succeeded")
            #expect(ended.externalID == running.externalID)
            #expect(ended.attempts == 1)
            let result = try await after.client.get(Endpoints.getRunResult, Endpoints.getRunResult.path(run))
            #expect(result.rows == [[.integer(6_001_215)]])

            let types = try await after.events(run).map(\.type)
            #expect(types.count { $0 == "run.dispatch_intended" } == 1)
            #expect(types.contains("run.adopted"))
            let attempt = try #require(ended.attemptID)
            #expect(try await queries(marked: attempt).count == 1)
            #expect(await second.stop() == 0)
        }
    }

    /// The queries that Trino has seen for an attempt.
    private func queries(marked attempt: String) async throws -> [String] {
        struct Query: Decodable {
            let queryId: String
            let query: String
        }
        var request = Client.Request(.get, try #require(TrinoServer.url) + "/v1/query")
        request.fields["X-Trino-User"] = "test"
        let answer = try await Client().send(request)
        return try JSONDecoder().decode([Query].self, from: Data(answer.body)).filter { $0.query.contains(attempt) }
            .map(\.queryId)
    }

    @Test("knows of a statement on Postgres that it was rolled back, and tries it again")
    func triesPostgresAgain() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let first = try await WeirProcess.serve(database)
            let before = try await UserSession(first.base)
            let job = try await before.job(
                engine.settings, password: engine.password, sql: "INSERT INTO effects SELECT 1 FROM pg_sleep(1)",
                attempts: 2)
            let run = try await before.start(job)
            _ = try await before.run(run) { $0.status == "running" }
            await first.kill()

            let second = try await WeirProcess.serve(database)
            let after = try UserSession(second.base, workspace: before.workspace)
            let ended = try await after.ended(run)
            #expect(ended.status == "succeeded")
            #expect(try await engine.effects() == 1)
            await second.stop()
        }
    }
}

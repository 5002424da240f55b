import API
import TestSupport
import Testing

@Suite("A run that is stopped")
struct StoppedRunTests {
    private static let slowOnPostgres = "SELECT pg_sleep(600)"
    private static let slowOnTrino = "SELECT count(*) FROM tpch.sf100.lineitem"

    private static func cancels(_ sql: String, on engine: TestedEngine) async throws {
        let run = try await engine.running(sql)
        try await engine.user.cancel(run.id)
        let ended = try await engine.user.ended(run.id)
        #expect(ended.status == "cancelled")
        #expect(ended.cancelReason == "no longer wanted")
        let last = try await engine.lastEvent(run)
        #expect(last.type == "run.cancelled")
        #expect(last.payload["proof"]?.string == "engine_confirmed")
        #expect(try await !engine.isRunning(run), "what is confirmed is true")
    }

    private static func noticesOutsiders(_ sql: String, on engine: TestedEngine) async throws {
        let run = try await engine.running(sql)
        try await engine.stopFromOutside(run)
        let ended = try await engine.user.ended(run.id)
        #expect(ended.status == "failed")
        let failure = try #require(ended.failure)
        #expect(failure.code == "CANCELLED_AT_ENGINE")
        #expect(failure.fault == "user")
        #expect(!failure.retryable)
        #expect(failure.message.contains("not through Weir"))
        #expect(try await !engine.isRunning(run))
    }

    private static func timesOut(_ sql: String, on engine: TestedEngine) async throws {
        let job = try await engine.user.job(on: engine.connection, sql: sql, seconds: 3)
        let run = try await engine.user.ended(try await engine.user.start(job))
        #expect(run.status == "timed_out")
        let types = try await engine.user.events(run.id).map(\.type)
        let proof = try await engine.lastEvent(run).payload["proof"]?.string
        // On a machine with much to do, its time may be over before it gets to the engine.
        #expect(proof == (types.contains("run.dispatched") ? "engine_confirmed" : "not_dispatched"))
        if run.attemptID != nil, run.externalID != nil { #expect(try await !engine.isRunning(run)) }
    }

    @Test("by its user on Postgres is cancelled when Postgres has stopped it")
    func cancelsOnPostgres() async throws {
        try await TestedEngine.onPostgres { try await Self.cancels(Self.slowOnPostgres, on: $0) }
    }

    @Test("at Postgres, past Weir, has failed and says so")
    func noticesOutsidersOnPostgres() async throws {
        try await TestedEngine.onPostgres { try await Self.noticesOutsiders(Self.slowOnPostgres, on: $0) }
    }

    @Test("by its deadline has timed out, and Postgres works on it no longer")
    func timesOutOnPostgres() async throws {
        try await TestedEngine.onPostgres { try await Self.timesOut(Self.slowOnPostgres, on: $0) }
    }

    @Test(
        "by its user on Trino is cancelled when Trino has stopped it",
        .enabled(if: TrinoServer.isThere, Comment(rawValue: TrinoServer.skipReason)))
    func cancelsOnTrino() async throws {
        try await TestedEngine.onTrino { try await Self.cancels(Self.slowOnTrino, on: $0) }
    }

    @Test(
        "at Trino, past Weir, has failed and says so",
        .enabled(if: TrinoServer.isThere, Comment(rawValue: TrinoServer.skipReason)))
    func noticesOutsidersOnTrino() async throws {
        try await TestedEngine.onTrino { try await Self.noticesOutsiders(Self.slowOnTrino, on: $0) }
    }

    @Test(
        "by its deadline has timed out, and Trino works on it no longer",
        .enabled(if: TrinoServer.isThere, Comment(rawValue: TrinoServer.skipReason)))
    func timesOutOnTrino() async throws {
        try await TestedEngine.onTrino { try await Self.timesOut(Self.slowOnTrino, on: $0) }
    }

    @Test("before it has begun, or after it has ended, is told what is possible")
    func refusesTheImpossible() async throws {
        try await TestedEngine.onPostgres { engine in
            let run = try await engine.ended("SELECT 1 AS n")
            let session = try RawSession(engine.server.base)
            _ = try await session.expect([
                Refusal(
                    request: .post("/api/v1/runs/\(run.id)/cancel", "{}"), status: 409, code: "run-already-ended",
                    says: ["succeeded"]),
                Refusal(
                    request: .post("/api/v1/runs/\(run.id)/resolve", #"{"outcome":"failed","reason":"I say so"}"#),
                    status: 409, code: "run-not-unknown", says: ["only a run whose outcome is unknown"]),
            ])
        }
    }
}

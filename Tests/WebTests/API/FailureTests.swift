import API
import ControlPlane
import EventSourcing
import HTTPServer
import Testing
import Web

/// A log that fails in one way.
private struct BrokenStore: EventStore {
    let failure: any Error

    func append(_ request: AppendRequest) async throws -> AppendOutcome { throw failure }
    func readStream(_ stream: StreamName, after: Int, limit: Int) async throws -> [EventEnvelope] { throw failure }
    func readAll(after seq: Int64, limit: Int) async throws -> [EventEnvelope] { throw failure }
    func head() async throws -> Int64 { throw failure }
    func epoch() async throws -> StoreEpoch { throw failure }
    func receipt(for key: IdempotencyKey) async throws -> AppendOutcome? { throw failure }
    func waitForEvents(after seq: Int64, timeout: Duration) async throws { throw failure }
}

private struct Unexpected: Error {
    let secret = "internal-detail-of-the-machine"
}

/// What a client is told when the log or Weir itself fails.
@Suite struct FailureTests {
    @Test(arguments: [
        (EventStoreError.overloaded, 503, "overloaded"), (.unavailable("host db-7"), 503, "log-unavailable"),
        (.outcomeUnknown("host db-7"), 503, "outcome-unknown"), (.tooLarge("at most 100 events"), 413, "too-large"),
        (.storeReplaced("host db-7"), 503, "store-replaced"), (.storeBehind("host db-7"), 503, "store-replaced"),
    ])
    func `a failing log is told as what it is`(failure: EventStoreError, status: Int, code: String) async throws {
        let answer = try await TestWeb(store: BrokenStore(failure: failure)).post(
            "/api/v1/workspaces", #"{"name":"a"}"#)
        #expect(answer.status == status)
        #expect(try answer.problem.code == code)
        // Who does not know whether it was recorded must look first.
        #expect((answer.field("Retry-After") != nil) == (status == 503 && code != "outcome-unknown"))
        #expect(!answer.text.contains("db-7"))
    }

    @Test func `a history that is as long as one may be is a conflict that names the bound`() async throws {
        var limits = EventStoreLimits()
        limits.streamLength = 1
        let web = TestWeb(store: MemoryEventStore(limits: limits) { RunSamples.start })
        let (_, connection) = try await web.makeConnection()
        let answer = try await web.post("/api/v1/connections/\(connection)/check", nil)
        #expect(answer.status == 409)
        #expect(try answer.problem.code == "stream-full")
        #expect(try answer.problem.detail?.contains("has 1 events") == true)
    }

    @Test func `a fault of Weir's is logged under the trace id and not told`() async throws {
        let web = TestWeb(store: BrokenStore(failure: Unexpected()))
        let answer = try await web.post("/api/v1/workspaces", #"{"name":"a"}"#)
        #expect(answer.status == 500)
        #expect(!answer.text.contains("internal-detail"))
        let trace = try #require(try answer.problem.traceID)
        #expect(web.entries.all.contains { $0.contains(trace) && $0.contains("internal-detail") })
    }

    @Test func `a refused command is recorded with its code, and without the request's own text`() async throws {
        let web = TestWeb()
        _ = try await web.post("/api/v1/workspaces", #"{"name":"a","topsecret":"x"}"#)
        let event = try #require(try await web.store.readAll(after: 0, limit: 1).first)
        #expect(event.stream.category == "security")
        #expect(event.event.payload.contains(#""code":"body-invalid""#))
        #expect(event.event.payload.contains("POST /api/v1/workspaces"))
        #expect(!event.event.payload.contains("topsecret"))
    }

    @Test func `read models that cannot be reached are an outage, and no fault`() async throws {
        let web = TestWeb(.init(failure: Outage()))
        for target in ["/api/v1/runs", "/runs"] {
            let answer = try await web.get(target)
            #expect(answer.status == 503 && answer.field("Retry-After") == "1")
        }
    }

    @Test func `readiness names what fails`() async throws {
        let web = TestWeb(readiness: [("log", {}), ("leases", { throw EventStoreError.unavailable("no route") })])
        let answer = try await web.get("/readyz")
        #expect(answer.status == 503)
        #expect(answer.text.contains(#""name":"leases""#))
        #expect(try await web.get("/healthz").status == 200)
        #expect(try await TestWeb(readiness: [("log", {})]).get("/readyz").status == 200)
    }
}

import API
import EventSourcing
import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import Testing
import Web

/// A log that never answers, and tells that it was asked, and on whose behalf.
private final class SilentStore: EventStore {
    private struct NeverAnswered: Error {}

    let asked: AsyncStream<EventMetadata?>
    private let asking: AsyncStream<EventMetadata?>.Continuation

    init() {
        (asked, asking) = AsyncStream.makeStream()
    }

    private func waitForEver(_ metadata: EventMetadata? = nil) async throws -> any Error {
        asking.yield(metadata)
        try await Task.sleep(for: .seconds(600))
        return NeverAnswered()
    }

    func append(_ request: AppendRequest) async throws -> AppendOutcome {
        throw try await waitForEver(request.metadata)
    }

    func readStream(_ stream: StreamName, after: Int, limit: Int) async throws -> [EventEnvelope] { [] }
    func readAll(after seq: Int64, limit: Int) async throws -> [EventEnvelope] { [] }
    func head() async throws -> Int64 { throw try await waitForEver() }
    func epoch() async throws -> StoreEpoch { throw try await waitForEver() }
    func receipt(for key: IdempotencyKey) async throws -> AppendOutcome? { nil }
    func waitForEvents(after seq: Int64, timeout: Duration) async throws { throw try await waitForEver() }
}

/// Requests whose handlers are cut short.
@Suite(.timeLimit(.minutes(1))) struct CutRequestTests {
    /// What a request is answered when the server stops and its handler does not end.
    private func answer(
        to method: Client.Method, _ path: String, _ fields: Client.Fields = [:]
    ) async throws -> (answer: Client.Response, asked: EventMetadata?) {
        let store = SilentStore()
        let application = TestWeb(store: store).application
        var configuration = HTTPServer.Configuration()
        configuration.stopGrace = .milliseconds(10)
        let server = try Server(
            configuration: configuration, router: application.router, failures: application.failures)
        let running = Task { try await server.run() }
        var fields = fields
        var body: [UInt8]?
        if method == .post {
            fields["Content-Type"] = "application/json"
            body = Array(#"{"name":"a"}"#.utf8)
        }
        let client = try Client()
        let request = Client.Request(method, "http://127.0.0.1:\(server.port)\(path)", fields: fields, body: body)
        async let answering = client.send(request)
        let asked = await store.asked.first { _ in true }
        server.beginStop()
        let answer = try await answering
        await client.shutDown()
        try await running.value
        return (answer, asked ?? nil)
    }

    @Test func `a command that was cut may have been recorded: nobody is asked to send it again`() async throws {
        let (answer, asked) = try await answer(to: .post, "/api/v1/workspaces")
        #expect(answer.status == 503)
        #expect(answer.fields["Retry-After"] == nil)
        let problem = try WireFormat.decoder().decode(Problem.self, from: Data(answer.body))
        #expect(problem.code == "outcome-unknown")
        #expect(problem.detail?.hasPrefix("the server stopped before the request was answered; look before") == true)
        // What leads from the answer to the event that was recorded after all.
        #expect(problem.traceID != nil && problem.traceID == asked?.requestID)
    }

    @Test func `under an idempotency key it can be sent again`() async throws {
        let (answer, _) = try await answer(to: .post, "/api/v1/workspaces", ["Idempotency-Key": "k"])
        #expect(answer.fields["Retry-After"] == "1")
        #expect(answer.text.contains("outcome-unknown"))
    }

    @Test func `a query that was cut has done nothing`() async throws {
        let (answer, _) = try await answer(to: .get, "/api/v1/log")
        #expect(answer.status == 503)
        #expect(answer.fields["Retry-After"] == "1")
        #expect(!answer.text.contains("outcome-unknown"))
    }
}

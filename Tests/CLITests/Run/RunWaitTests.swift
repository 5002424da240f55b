import Foundation
import HTTPServer
import Synchronization
import Testing

@testable import CLI

/// What `weir run start` does while its server is away.
@Suite(.timeLimit(.minutes(1))) struct RunWaitTests {
    private static let id = "019b0000-0000-7000-8000-000000000001"

    /// Runs `weir run start` against a server that answers like this.
    private func start(
        _ words: [String], asked: @escaping Handler, shown: @escaping Handler = { _ in .text("never asked") }
    ) async throws -> Outcome {
        var router = Router()
        router.on(.post, "/api/v1/jobs/{job}/runs", asked)
        router.on(.get, "/api/v1/runs/{run}", shown)
        let server = try Server(configuration: HTTPServer.Configuration(), router: router)
        let running = Task { try await server.run() }
        let outcome = await weir(
            ["run", "start", Self.id] + words, environment: ["WEIR_SERVER": "http://127.0.0.1:\(server.port)"])
        server.beginStop()
        try await running.value
        return outcome
    }

    private static let accepted = HTTPResponse.text(
        #"{"id":"\#(id)","seq":7,"version":1}"#, type: "application/json", status: .accepted)

    private static let succeeded = HTTPResponse.text(
        """
        {"id":"\(id)","workspace_id":"w","workspace_name":"finance","job_id":"\(id)","job_name":"daily","job_version":1,\
        "connection_id":"c","engine":"postgres","statement":"SELECT 1","status":"succeeded","attempts":1,\
        "requested_by":"system:local","requested_at":"2026-01-31T10:00:00.000000Z",\
        "deadline":"2026-01-31T11:00:00.000000Z","version":9}
        """, type: "application/json")

    @Test func `who waits learns the run's id at once, and of its end though the server was away`() async throws {
        let number = Atomic(0)
        let outcome = try await start(["--wait"]) { _ in
            Self.accepted
        } shown: { _ in
            // A proxy whose server restarts, and a server that has restarted and is not ready.
            switch number.add(1, ordering: .relaxed).newValue {
            case 1: .text("bad gateway", status: HTTPStatus(502))
            case 2: .text("gateway timeout", status: HTTPStatus(504))
            case 3...6: .text("service unavailable", status: .serviceUnavailable)
            default: Self.succeeded
            }
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("run \(Self.id)\nthe server is away"), "\(outcome.errors)")
        #expect(outcome.output.contains("succeeded"))
    }

    @Test func `what is no outage ends the wait`() async throws {
        let outcome = try await start(["--wait"]) { _ in
            Self.accepted
        } shown: { _ in
            HTTPResponse(status: .notFound)
        }
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("run \(Self.id)\nerror: "), "\(outcome.errors)")
    }

    @Test func `where nobody knows whether it was started, the key is told under which it is started once`()
        async throws
    {
        let keys = Mutex<[String]>([])
        let outcome = try await start([]) { request in
            keys.withLock { $0.append(request.fields[.idempotencyKey] ?? "") }
            return .text("bad gateway", status: HTTPStatus(502))
        }
        let key = try #require(keys.withLock { $0 }.first)
        #expect(!key.isEmpty)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the same command with --idempotency-key \(key) starts it once"))

        let again = try await start(["--idempotency-key", key]) { request in
            request.fields[.idempotencyKey] == key ? Self.accepted : HTTPResponse(status: .badRequest)
        }
        #expect(again.status == 0 && again.output.contains(Self.id))
    }
}

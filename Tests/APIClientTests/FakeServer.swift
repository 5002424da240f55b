import APIClient
import HTTPClient
import HTTPServer
import Synchronization

/// A server that answers every request as a test says, and remembers what it was asked.
struct FakeServer: Sendable {
    let client: WeirClient
    private let requests: RequestList

    private final class RequestList: Sendable {
        let all = Mutex<[HTTPRequest]>([])
    }

    var received: [HTTPRequest] { requests.all.withLock { $0 } }

    /// - Parameter answer: Gets the request and its number, from 1.
    static func run(
        _ answer: @escaping @Sendable (HTTPRequest, Int) async throws -> HTTPResponse,
        _ work: (FakeServer) async throws -> Void
    ) async throws {
        let requests = RequestList()
        var router = Router()
        for method in [HTTPMethod.get, .post] {
            router.on(method, "/api/v1/workspaces") { request in
                let number = requests.all.withLock { all in
                    all.append(request)
                    return all.count
                }
                return try await answer(request, number)
            }
        }
        let server = try Server(configuration: HTTPServer.Configuration(), router: router)
        let running = Task { try await server.run() }
        let client = WeirClient(base: "http://127.0.0.1:\(server.port)/", http: try Client())
        do {
            try await work(FakeServer(client: client, requests: requests))
        } catch {
            server.beginStop()
            throw error
        }
        server.beginStop()
        try await running.value
    }

    static func json(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        .bytes(Array(text.utf8), type: "application/json", status: status)
    }

    /// The connection ends in the middle of the answer.
    static let broken = HTTPResponse.stream(type: "application/json", length: 1_000) { _ in throw Broken() }

    private struct Broken: Error {}
}

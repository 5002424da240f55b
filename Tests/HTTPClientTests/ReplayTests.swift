import Testing

@testable import HTTPClient

/// A server that answers the first request of its first connection, and closes that connection, without an answer, as
/// soon as it has read a second one. On later connections it answers everything.
private func serverThatForgetsTheSecondRequest() throws -> RawServer {
    try RawServer { connection in
        guard connection.number == 1 else {
            while connection.readRequest() != nil { connection.answer("replayed") }
            return
        }
        connection.readRequest()
        connection.answer("first")
        connection.readRequest()
    }
}

@Suite("A request on a kept connection that the server closes", .timeLimit(.minutes(1)))
struct ReplayTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let method: Client.Method
        let body: [UInt8]?
        var testDescription: String { "\(method) with \(body.map { "\($0.count)" } ?? "no") bytes" }
    }

    static let effects = [
        Case(method: .post, body: Array("SELECT 1".utf8)), Case(method: .post, body: nil),
        Case(method: .post, body: [UInt8](repeating: 120, count: 3 << 20)), Case(method: .put, body: [1]),
        Case(method: .delete, body: nil), Case(method: .patch, body: nil),
    ]

    /// Sends a GET, which leaves a kept connection behind, and then `request` on that connection.
    private func sendOnKeptConnection(
        _ request: Client.Request, of server: RawServer
    ) async throws -> Result<Client.Response, ClientError> {
        let client = try Client()
        #expect(try await client.send(Client.Request(.get, server.url)).text == "first")
        let result: Result<Client.Response, ClientError>
        do throws(ClientError) { result = .success(try await client.send(request)) } catch { result = .failure(error) }
        await client.shutDown()
        await server.allServed()
        return result
    }

    @Test("is never sent a second time by itself, and its outcome is unknown", arguments: effects)
    func once(effect: Case) async throws {
        let server = try serverThatForgetsTheSecondRequest()
        let request = Client.Request(effect.method, server.url, body: effect.body)
        #expect(request.repeatability == .once)
        let result = try await sendOnKeptConnection(request, of: server)
        guard case .failure(.outcomeUnknown(let failure)) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(failure.kind == .connectionLost)
        let effects = server.received.filter { $0.method == effect.method.rawValue }
        #expect(effects.count == 1)
        #expect(effects.first?.connection == 1)
        #expect(effects.first?.body == effect.body ?? [])
    }

    @Test("is sent again by libcurl where it may be: the trap that `once` is there for")
    func trap() async throws {
        let server = try serverThatForgetsTheSecondRequest()
        let request = Client.Request(.post, server.url, body: Array("x".utf8), repeatability: .replayable)
        #expect(try await sendOnKeptConnection(request, of: server).get().text == "replayed")
        #expect(server.received.filter { $0.method == "POST" }.map(\.connection) == [1, 2])
    }

    @Test("is sent again where it is a GET or HEAD", arguments: [Client.Method.get, .head])
    func replayed(method: Client.Method) async throws {
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                if connection.number == 1 && request.head.contains("/second") { return }
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
                if request.method == "GET" { connection.write("first") }
            }
        }
        let request = Client.Request(method, server.url + "/second")
        #expect(try await sendOnKeptConnection(request, of: server).get().status == 200)
        #expect(server.received.map(\.connection) == [1, 1, 2])
    }

    @Test("is not lost where the server had closed before it was sent: it goes out on a new one")
    func closedBefore() async throws {
        let closed = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.answer("first")
            connection.close()
            closed.signal()
        }
        let client = try Client()
        _ = try await client.send(Client.Request(.get, server.url))
        await closed.opened()
        let second = try RawServer { connection in while connection.readRequest() != nil { connection.answer() } }
        _ = try await client.send(Client.Request(.get, second.url))
        let effect = try await client.send(Client.Request(.post, server.url, body: [1]))
        #expect(effect.status == 200)
        #expect(server.received.map(\.connection) == [1, 2])
    }

    @Test("goes out on kept connections as long as they last")
    func keptAlive() async throws {
        let server = try RawServer { connection in while connection.readRequest() != nil { connection.answer() } }
        let client = try Client()
        for number in UInt8(0)..<20 {
            #expect(try await client.send(Client.Request(.post, server.url, body: [number])).status == 200)
            #expect(try await client.send(Client.Request(.delete, server.url)).status == 200)
        }
        #expect(Set(server.received.map(\.connection)) == [1])
    }
}

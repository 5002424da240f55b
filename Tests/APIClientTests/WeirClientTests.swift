import API
import APIClient
import Foundation
import HTTPClient
import HTTPServer
import Testing

/// What the client of the API sends, and what it makes of the answers.
@Suite(.timeLimit(.minutes(1))) struct WeirClientTests {
    private static let made = #"{"id":"w1","seq":7,"version":1}"#

    private func create(_ server: FakeServer, key: String = "k") async throws -> CommandAnswer {
        try await server.client.post(
            Endpoints.createWorkspace, Endpoints.createWorkspace.path(), CreateWorkspace(name: "finance"),
            idempotencyKey: key)
    }

    @Test func `a command goes out as JSON, under an idempotency key of its own`() async throws {
        try await FakeServer.run { _, _ in
            FakeServer.json(Self.made, status: .created)
        } _: { server async throws in
            let answer = try await create(server, key: "k-1")
            #expect(answer == CommandAnswer(id: "w1", seq: 7, version: 1))
            for _ in 0..<2 {
                _ = try await server.client.post(
                    Endpoints.createWorkspace, Endpoints.createWorkspace.path(), CreateWorkspace(name: "finance"))
            }
            let requests = server.received
            #expect(requests.map(\.method) == [.post, .post, .post])
            #expect(requests.first?.fields[.contentType] == "application/json")
            #expect(requests.map { String(decoding: $0.body, as: UTF8.self) }.first == #"{"name":"finance"}"#)
            let keys = requests.map { $0.fields["Idempotency-Key"] }
            #expect(keys.first == "k-1")
            #expect(Set(keys).count == 3)
        }
    }

    @Test func `a question carries its query and the seq that the answer must hold`() async throws {
        let list = #"{"items":[],"next_cursor":"c2"}"#
        try await FakeServer.run { _, _ in
            FakeServer.json(list)
        } _: { server async throws in
            let page = try await server.client.get(
                Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(),
                query: [("name", "a b&c=ü"), ("cursor", nil), ("limit", "5")], minimumSeq: 42)
            #expect(page.items.isEmpty && page.nextCursor == "c2")
            let request = try #require(server.received.first)
            #expect("\(request.query)".contains("a b&c=ü"))
            #expect(!"\(request.query)".contains("cursor"))
            #expect(request.fields["Weir-Min-Seq"] == "42")
        }
    }

    @Test func `fields that this client does not know are passed over`() async throws {
        let answer = #"{"id":"w1","seq":7,"version":1,"added_later":{"deep":[1,null]}}"#
        try await FakeServer.run { _, _ in
            FakeServer.json(answer)
        } _: { server async throws in
            let found = try await create(server)
            #expect(found.id == "w1")
        }
    }

    @Test func `a problem comes with its code, its faults and the trace id`() async throws {
        let problem = """
            {"type":"urn:weir:problem:name-taken","title":"Name taken","status":409,"detail":"w2 has it","code":"name-taken",
             "errors":[{"pointer":"/name","code":"name-taken","detail":"choose another"}],"trace_id":"t1","new":1}
            """
        try await FakeServer.run { _, _ in
            .bytes(Array(problem.utf8), type: Problem.mediaType, status: .conflict)
        } _: { server async throws in
            let found = try await #require(throws: Problem.self) { _ = try await create(server) }
            #expect(found.status == 409 && found.code == "name-taken" && found.detail == "w2 has it")
            #expect(found.errors.map(\.pointer) == ["/name"])
            #expect(found.traceID == "t1")
            #expect(server.received.count == 1)
        }
    }

    @Test func `an answer that is no problem document is told as such`() async throws {
        try await FakeServer.run { _, _ in
            .text("<h1>nginx</h1>", status: .notFound)
        } _: { server async throws in
            let found = try await #require(throws: Problem.self) { _ = try await create(server) }
            #expect(found.code == "unexpected-answer" && found.status == 404)
            #expect(found.detail?.contains("is this a Weir server?") == true)
        }
    }

    @Test func `a command whose answer is lost goes out again as the same request under the same key`() async throws {
        try await FakeServer.run { _, number in
            number < 3 ? FakeServer.broken : FakeServer.json(Self.made)
        } _: { server async throws in
            let answer = try await create(server, key: "once")
            #expect(answer.seq == 7)
            let requests = server.received
            #expect(requests.count == 3)
            #expect(Set(requests.map { $0.fields["Idempotency-Key"] }) == ["once"])
            #expect(Set(requests.map { String(decoding: $0.body, as: UTF8.self) }).count == 1)
        }
    }

    @Test func `a server that never answers is given up, and the fate of the command is called unknown`() async throws {
        try await FakeServer.run { _, _ in
            FakeServer.broken
        } _: { server async throws in
            let error = try await #require(throws: ClientError.self) { _ = try await create(server, key: "once") }
            #expect(error.mayHaveBeenSent)
            #expect(server.received.count >= 4)
            #expect(Set(server.received.map { $0.fields["Idempotency-Key"] }) == ["once"])
        }
    }

    @Test func `a server that is overloaded is asked again, and any other refusal is not`() async throws {
        let overloaded = #"{"title":"Overloaded","status":503,"code":"overloaded","errors":[]}"#
        try await FakeServer.run { _, number in
            number == 1 ? FakeServer.json(overloaded, status: .serviceUnavailable) : FakeServer.json(Self.made)
        } _: { server async throws in
            let answer = try await create(server)
            #expect(answer.id == "w1")
            #expect(server.received.count == 2)
        }
    }

    @Test func `where nobody listens the client says that nothing was sent`() async throws {
        let client = WeirClient(base: "http://127.0.0.1:1", http: try Client())
        let error = try await #require(throws: ClientError.self) {
            _ = try await client.get(Endpoints.health, Endpoints.health.path())
        }
        #expect(!error.mayHaveBeenSent)
    }
}

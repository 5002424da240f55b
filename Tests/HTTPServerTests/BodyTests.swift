import Foundation
import HTTPServer
import Testing

@Suite struct BodyTests {
    private func post(_ path: String, _ body: String, _ fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    private func addEcho(_ router: inout Router) {
        router.on(.post, "/echo") { request in .bytes(request.body, type: "text/plain") }
        router.on(.post, "/small", limits: RouteLimits(body: 10)) { request in .text("\(request.body.count)") }
        router.on(.get, "/next") { _ in .text("next") }
    }

    @Test("A body comes whole", arguments: [0, 1, 1000, 100_000, 1_000_000])
    func whole(count: Int) async throws {
        try await withServer {
            addEcho(&$0)
        } _: { server in
            let body = String(repeating: "0123456789", count: count / 10) + "x"
            let response = try await ask(server, post("/echo", body))
            #expect(response.status == 200)
            #expect(response.body == body)
        }
    }

    @Test func `chunks are put together`() async throws {
        try await withServer {
            addEcho(&$0)
        } _: { server in
            let head = "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            let response = try await ask(server, head + "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nTrailer: x\r\n\r\n")
            #expect(response.body == "hello world")
        }
    }

    @Test func `a body of exactly the limit is taken, and one byte more is answered 413`() async throws {
        try await withServer {
            addEcho(&$0)
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(post("/small", "0123456789"))
            let fitting = try await connection.readResponse()
            #expect(fitting.body == "10")
            try await connection.send(post("/small", "0123456789a"))
            let tooLong = try await connection.readResponse()
            #expect(tooLong.status == 413)
            #expect(tooLong.body == "the body may have at most 10 bytes\n")
            #expect(!tooLong.closes)
            try await connection.send(get("/next"))
            let next = try await connection.readResponse()
            #expect(next.body == "next")
        }
    }

    @Test func `chunks beyond the limit are answered 413 and the connection lives`() async throws {
        try await withServer {
            addEcho(&$0)
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            let chunk = "20\r\n" + String(repeating: "a", count: 32) + "\r\n"
            let head = "POST /small HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            try await connection.send(head + chunk + chunk + "0\r\n\r\n" + get("/next"))
            let all = try await connection.read(until: "next")
            #expect(all.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a client that asks first is refused before it sends`() async throws {
        try await withServer {
            addEcho(&$0)
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            let head = "POST /small HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n"
            try await connection.send(head)
            let all = try await connection.readToEnd()
            #expect(all.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a client that asks first is let through`() async throws {
        try await withServer {
            addEcho(&$0)
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            let head = "POST /small HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            try await connection.send(head)
            let interim = try await connection.read(until: "\r\n\r\n")
            #expect(interim.hasPrefix("HTTP/1.1 100 "))
            try await connection.send("ab")
            let response = try await connection.readResponse()
            #expect(response.body == "2")
        }
    }

    @Test func `a body far beyond the limit is refused from its head`() async throws {
        try await withServer {
            addEcho(&$0)
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send("POST /small HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999\r\n\r\n")
            let all = try await connection.readToEnd()
            #expect(all.hasPrefix("HTTP/1.1 413 "))
            #expect(all.lowercased().contains("connection: close"))
        }
    }

    @Test func `endless chunks are cut`() async throws {
        var configuration = Configuration()
        configuration.discardLimit = 1000
        try await withServer(configuration) {
            addEcho(&$0)
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send("POST /small HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "400\r\n" + String(repeating: "a", count: 1024) + "\r\n"
            try? await connection.send(chunk + chunk + chunk)
            let all = try await connection.readToEnd()
            #expect(all == "")
        }
    }

    @Test func `a line between chunks that never ends is cut`() async throws {
        var configuration = Configuration()
        configuration.chunkTimeout = .milliseconds(300)
        try await withServer(configuration) {
            addEcho(&$0)
        } _: { server in
            let head = "POST /small HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            let connection = try RawHTTPConnection(port: server.port)
            let begun = ContinuousClock.now
            try await connection.send(head + "1;" + String(repeating: "x", count: 64 * 1024))
            let all = try? await connection.readToEnd()
            #expect(all ?? "" == "")
            #expect(ContinuousClock.now - begun < .seconds(10))
            let next = try await ask(server, head + "1\r\na\r\n0\r\n\r\n")
            #expect(next.body == "1")
        }
    }

    @Test func `so many bodies in chunks are received at a time, and more are told to come again`() async throws {
        var configuration = Configuration()
        configuration.chunkedBodies = 2
        try await withServer(configuration) {
            addEcho(&$0)
        } _: { server in
            let head = "POST /small HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            let body = "1\r\na\r\n0\r\n\r\n"
            let first = try RawHTTPConnection(port: server.port)
            let second = try RawHTTPConnection(port: server.port)
            try await first.send(head + "1\r\n")
            try await second.send(head + "1\r\n")
            var refused = try await ask(server, head + body)
            // The two may have been sent, and not read yet.
            while refused.status == 200 { refused = try await ask(server, head + body) }
            #expect(refused.status == 503)
            #expect(refused.fields.contains { $0.name.lowercased() == "connection" && $0.value == "close" })
            try await first.send("a\r\n0\r\n\r\n")
            let answer = try await first.readResponse()
            #expect(answer.body == "1")
            let next = try await ask(server, head + body)
            #expect(next.status == 200)
        }
    }

    @Test func `a body that does not arrive by the deadline is given up`() async throws {
        try await withServer { router in
            router.on(.post, "/slow", limits: RouteLimits(deadline: .milliseconds(50))) { _ in .text("handled") }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send("POST /slow HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nab")
            let all = try await connection.readToEnd()
            #expect(all == "")
        }
    }
}

import HTTPServer
import Testing

@Suite struct LimitTests {
    @Test func `more requests than may be handled at a time are answered as overloaded`() async throws {
        let began = Gate()
        let release = Gate()
        var configuration = Configuration()
        configuration.concurrentRequests = 1
        try await withServer(configuration) { router in
            router.on(.get, "/") { _ in
                await began.open()
                await release.wait()
                return .text("done")
            }
        } _: { server in
            async let first = ask(server, get("/"))
            await began.wait()
            let second = try await ask(server, get("/"))
            #expect(second.status == 503)
            #expect(second["Retry-After"] == "1")
            await release.open()
            let answer = try await first
            #expect(answer.body == "done")
        }
    }

    @Test func `a connection beyond the limit waits for another to close`() async throws {
        var configuration = Configuration()
        configuration.connectionLimit = 1
        try await withServer(configuration) { router in
            router.on(.get, "/{n}") { request in .text(request.segments[0]) }
        } _: { server in
            var first: RawHTTPConnection? = try RawHTTPConnection(port: server.port)
            try await first?.send(get("/1"))
            let one = try await first?.readResponse()
            #expect(one?.body == "1")
            let second = try RawHTTPConnection(port: server.port)
            try await second.send(get("/2"))
            try await first?.send(get("/3"))
            let three = try await first?.readResponse()
            #expect(three?.body == "3")
            first = nil
            let two = try await second.readResponse()
            #expect(two.body == "2")
        }
    }

    @Test func `connections of one address beyond its limit are closed`() async throws {
        var configuration = Configuration()
        configuration.connectionLimitPerAddress = 1
        try await withServer(configuration) { router in
            router.on(.get, "/") { _ in .text("fine") }
        } _: { server in
            let first = try RawHTTPConnection(port: server.port)
            try await first.send(get("/"))
            let answer = try await first.readResponse()
            #expect(answer.status == 200)
            let second = try RawHTTPConnection(port: server.port)
            let nothing = try await second.readToEnd()
            #expect(nothing == "")
        }
    }

    @Test func `an idle connection is closed`() async throws {
        var configuration = Configuration()
        configuration.idleTimeout = .seconds(1)
        try await withServer(configuration) { router in
            router.on(.get, "/") { _ in .text("fine") }
        } _: { server in
            let idle = try RawHTTPConnection(port: server.port)
            try await idle.send("GET / HTTP/1.1\r\nHo")
            let nothing = try await idle.readToEnd()
            #expect(nothing == "")
        }
    }

    @Test func `a head that comes drop by drop is cut`() async throws {
        var configuration = Configuration()
        configuration.idleTimeout = .seconds(1)
        try await withServer(configuration) { router in
            router.on(.get, "/") { _ in .text("fine") }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send("GET ")
            let dripping = Task {
                while !Task.isCancelled {
                    try await connection.send("/")
                    try await Task.sleep(for: .milliseconds(200))
                }
            }
            let nothing = try await connection.readToEnd()
            #expect(nothing == "")
            dripping.cancel()
        }
    }

    @Test func `two servers can't listen on one port, and a port in use is told as such`() async throws {
        let first = try Server(router: Router())
        #expect(throws: ServerStartError.self) {
            try Server(configuration: Configuration(port: first.port), router: Router())
        }
        #expect(throws: ServerStartError.invalidAddress("localhost")) {
            try Server(configuration: Configuration(host: "localhost"), router: Router())
        }
    }

    @Test func `an IPv6 server answers`() async throws {
        let server = try Server(configuration: Configuration(host: "::", port: 0), router: Router())
        #expect(server.port != 0)
        async let running: Void = server.run()
        let response = try await ask(server, get("/"))
        #expect(response.status == 404)
        server.beginStop()
        try await running
    }
}

import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite struct HandlerTests {
    private struct Secret: Error {}

    @Test func `a handler past its deadline is answered for and cancelled`() async throws {
        let began = Atomic(false)
        let cancelled = Gate()
        try await withServer { router in
            router.on(.get, "/slow", limits: RouteLimits(deadline: .milliseconds(300))) { _ in
                began.store(true, ordering: .sequentiallyConsistent)
                try await waitForCancellation(opening: cancelled)
                return .text("too late")
            }
        } _: { server in
            let response = try await ask(server, get("/slow"))
            #expect(response.status == 503)
            // On a busy machine the deadline may pass before the handler has begun: then it never does.
            if response.body == "too many requests are being handled\n" {
                let hasBegun = began.load(ordering: .sequentiallyConsistent)
                #expect(!hasBegun)
                #expect(response["Retry-After"] == "1")
                return
            }
            #expect(response.body == "the request took too long\n")
            #expect(response["Retry-After"] == nil)
            await cancelled.wait()
        }
    }

    @Test func `a handler that ignores its cancellation keeps no client waiting`() async throws {
        let release = Gate()
        try await withServer { router in
            router.on(.get, "/slow", limits: RouteLimits(deadline: .milliseconds(300))) { _ in
                await release.wait()
                return .text("too late")
            }
            router.on(.get, "/next") { _ in .text("next") }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/slow"))
            let late = try await connection.readResponse()
            #expect(late.status == 503)
            await release.open()
            try await connection.send(get("/next"))
            let next = try await connection.readResponse()
            #expect(next.body == "next")
        }
    }

    @Test("A handler is cancelled when its client goes away", arguments: [true, false])
    func clientGone(reset: Bool) async throws {
        let began = Gate()
        let cancelled = Gate()
        var configuration = Configuration()
        configuration.clientWatchInterval = .milliseconds(50)
        try await withServer(configuration) { router in
            router.on(.get, "/slow") { _ in
                await began.open()
                try await waitForCancellation(opening: cancelled)
                return .text("nobody reads this")
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/slow"))
            await began.wait()
            if reset { connection.reset() } else { connection.closeSending() }
            await cancelled.wait()
        }
    }

    @Test func `what a handler throws is told to the responder and not to the client`() async throws {
        let seen = Mutex<[String]>([])
        try await withServer(failures: { failure, request in
            if case .handlerFailed(let error) = failure {
                seen.withLock { $0.append("\(error) \(request?.route ?? "")") }
            }
            return .text(
                "{\"status\": \(failure.status.code)}", type: "application/problem+json", status: failure.status)
        }) { router in
            router.on(.get, "/x/{id}") { _ in throw Secret() }
        } _: { server in
            let response = try await ask(server, get("/x/1"))
            #expect(response.status == 500)
            #expect(response.body == "{\"status\": 500}")
            #expect(response["Content-Type"] == "application/problem+json")
            #expect(seen.withLock(\.self) == ["Secret() /x/{id}"])
        }
    }

    private enum Note: RequestValueKey {
        static let defaultValue: String? = nil
    }

    @Test func `the responder knows what middleware left with a request whose handler was cut`() async throws {
        let began = Gate()
        var configuration = Configuration()
        configuration.stopGrace = .milliseconds(10)
        let failures: FailureResponder = { failure, request in
            .text("\(request?[Note.self] ?? "nothing") on \(request?.route ?? "")", status: failure.status)
        }
        try await withServer(configuration, failures: failures) { router in
            router.use { request, next in
                request[Note.self] = "number 7"
                return try await next(request)
            }
            router.on(.get, "/slow/{id}") { _ in
                await began.open()
                try await Task.sleep(for: .seconds(600))
                return .text("too late")
            }
        } _: { server in
            async let answer = ask(server, get("/slow/1"))
            await began.wait()
            server.beginStop()
            let response = try await answer
            #expect(response.body == "number 7 on /slow/{id}")
        }
    }

    @Test func `a field with a line break fails the response instead of splitting it`() async throws {
        try await withServer { router in
            router.on(.get, "/") { request in
                HTTPResponse(fields: ["X-Echo": request.query["v"] ?? ""], body: Array("fine".utf8))
            }
        } _: { server in
            let split = try await ask(server, get("/?v=a%0d%0aSet-Cookie:%20b"))
            #expect(split.status == 500)
            #expect(split["Set-Cookie"] == nil)
            let whole = try await ask(server, get("/?v=a"))
            #expect(whole["X-Echo"] == "a")
        }
    }

    @Test func `a GET route answers HEAD with the same fields and no body`() async throws {
        try await withServer { router in
            router.on(.get, "/a") { _ in .text("hello") }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send("HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n" + get("/a", "Connection: close\r\n"))
            let all = try await connection.readToEnd()
            #expect(all.components(separatedBy: "Content-Length: 5").count == 3)
            #expect(all.components(separatedBy: "hello").count == 2)
        }
    }

    @Test func `a path of other methods is answered 405 with those`() async throws {
        try await withServer { router in
            router.on(.get, "/a") { _ in .text("a") }
            router.on(.post, "/a") { _ in .text("a") }
        } _: { server in
            let response = try await ask(server, "DELETE /a HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(response.status == 405)
            #expect(response["Allow"] == "GET, HEAD, POST")
            let missing = try await ask(server, get("/b"))
            #expect(missing.status == 404)
        }
    }

    @Test func `handlers run beside one another`() async throws {
        let first = Gate()
        let second = Gate()
        try await withServer { router in
            router.on(.get, "/1") { _ in
                await first.open()
                await second.wait()
                return .text("1")
            }
            router.on(.get, "/2") { _ in
                await first.wait()
                await second.open()
                return .text("2")
            }
        } _: { server in
            async let one = ask(server, get("/1"))
            async let two = ask(server, get("/2"))
            let answers = try await (one.body, two.body)
            #expect(answers == ("1", "2"))
        }
    }

    @Test(arguments: [false, true])
    func `many clients are all answered, each with its own answer`(isBrief: Bool) async throws {
        try await withServer { router in
            router.on(.post, "/{n}", isBrief: isBrief) { request in
                await Task.yield()
                return .text("\(request.segments[0]) \(String(decoding: request.body, as: UTF8.self))")
            }
        } _: { server in
            try await withClients(40, of: server) { client, connection in
                for turn in 0..<50 {
                    let body = "body \(client) \(turn)"
                    try await connection.send(
                        "POST /\(client) HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    let response = try await connection.readResponse()
                    #expect(response.body == "\(client) \(body)")
                }
            }
        }
    }

    @Test func `a handler that waits goes on while others compute without a pause`() async throws {
        let flooded = Gate()
        let floodHasEnded = Flag()
        try await withServer { router in
            router.on(.get, "/compute") { _ in
                var sum = 0
                for number in 0..<10_000 { sum &+= number.hashValue }
                await flooded.open()
                return .text("\(sum)")
            }
            router.on(.get, "/wait") { _ in
                await flooded.wait()
                for _ in 0..<20 { await Task.yield() }
                return .text("waited, the flood \(floodHasEnded.isSet ? "has ended" : "goes on")")
            }
        } _: { server in
            async let waiting = ask(server, get("/wait"))
            try await withClients(16, of: server) { _, connection in
                // Sent without waiting for answers: there is always a next request.
                let requests = String(repeating: get("/compute"), count: 49)
                try await connection.send(requests + get("/compute", "Connection: close\r\n"))
                _ = try await connection.readToEnd()
                floodHasEnded.set()
            }
            let response = try await waiting
            #expect(response.body == "waited, the flood goes on")
        }
    }
}

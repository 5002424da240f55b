import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite struct StopTests {
    @Test func `a stop loses no answer`() async throws {
        let handled = Atomic(0)
        let allBegan = Gate()
        let release = Gate()
        var router = Router()
        router.on(.post, "/{n}") { request in
            if handled.add(1, ordering: .relaxed).newValue == 50 { await allBegan.open() }
            await release.wait()
            return .text("\(request.segments[0])" + String(repeating: ".", count: 100_000))
        }
        let server = try Server(router: router)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            for client in 0..<50 {
                group.addTask {
                    let connection = try RawHTTPConnection(port: server.port)
                    try await connection.send("POST /\(client) HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nab")
                    let response = try await connection.readResponse()
                    #expect(response.status == 200)
                    #expect(response.closes)
                    #expect(response.body == "\(client)" + String(repeating: ".", count: 100_000))
                }
            }
            await allBegan.wait()
            server.beginStop()
            await release.open()
            try await group.waitForAll()
        }
        #expect(throws: RawHTTPConnection.Fault.self) { try RawHTTPConnection(port: server.port) }
    }

    @Test func `clients that keep asking during a stop get full answers, 200 or 503, until they are told to close`()
        async throws
    {
        var router = Router()
        let busy = Gate()
        let count = Atomic(0)
        router.on(.get, "/") { _ in
            if count.add(1, ordering: .relaxed).newValue == 500 { await busy.open() }
            await Task.yield()
            return .text("whole")
        }
        let server = try Server(router: router)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            for _ in 0..<20 {
                group.addTask {
                    let connection = try RawHTTPConnection(port: server.port)
                    while true {
                        try await connection.send(get("/"))
                        let response = try await connection.readResponse()
                        if response.status == 200 { #expect(response.body == "whole") }
                        if response.status == 503 { #expect(response.closes) }
                        if response.closes { return }
                    }
                }
            }
            await busy.wait()
            server.beginStop()
            try await group.waitForAll()
        }
    }

    @Test func `what waits in the backlog is answered`() async throws {
        let server = try Server(router: Router())
        var waiting: [RawHTTPConnection] = []
        for _ in 0..<10 {
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/"))
            waiting.append(connection)
        }
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            let first = try await waiting[0].readResponse()
            #expect(first.status == 404 || first.status == 503)
            server.beginStop()
            for connection in waiting.dropFirst() {
                let response = try await connection.readResponse()
                #expect(response.status == 404 || response.status == 503)
            }
            try await group.waitForAll()
        }
    }

    @Test func `a request on an open connection is answered 503 once the server stops`() async throws {
        let began = Gate()
        let release = Gate()
        var configuration = Configuration()
        configuration.stopLastCall = .seconds(60)
        try await withServer(configuration) { router in
            router.on(.get, "/slow") { _ in
                await began.open()
                await release.wait()
                return .text("whole")
            }
            router.on(.get, "/") { _ in .text("fine") }
        } _: { server in
            async let slow = ask(server, get("/slow"))
            await began.wait()
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/"))
            let before = try await connection.readResponse()
            #expect(before.status == 200)
            server.beginStop()
            try await connection.send(get("/"))
            let after = try await connection.readResponse()
            #expect(after.status == 503)
            #expect(after.closes)
            #expect(after.body == "the server is stopping\n")
            #expect(after["Retry-After"] == "1")
            await release.open()
            let answer = try await slow
            #expect(answer.body == "whole")
        }
    }

    @Test func `a handler that exceeds the grace is cancelled and answered for`() async throws {
        let cancelled = Gate()
        let began = Gate()
        var configuration = Configuration()
        configuration.stopGrace = .milliseconds(100)
        try await withServer(configuration) { router in
            router.on(.get, "/") { _ in
                await began.open()
                try await waitForCancellation(opening: cancelled)
                return .text("too late")
            }
        } _: { server in
            async let answer = ask(server, get("/"))
            await began.wait()
            server.beginStop()
            let response = try await answer
            #expect(response.status == 503)
            #expect(response.closes)
            // It may have done something: nobody is asked to send it again.
            #expect(response.body == "the server stopped before the request was answered\n")
            #expect(response["Retry-After"] == nil)
            await cancelled.wait()
        }
    }

    @Test func `an event stream ends properly when the server stops`() async throws {
        try await withServer { router in
            router.on(.get, "/events") { _ in
                .eventStream { stream in
                    try await stream.write("data: begun\n\n")
                    try await Task.sleep(for: .seconds(600))
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/events"))
            _ = try await connection.read(until: "begun\n\n\r\n")
            server.beginStop()
            let rest = try await connection.readToEnd()
            #expect(rest == "0\r\n\r\n")
        }
    }

    @Test func `a download that has begun is finished`() async throws {
        let begun = Gate()
        let release = Gate()
        try await withServer { router in
            router.on(.get, "/file") { _ in
                .stream(type: "text/plain", length: 10) { stream in
                    try await stream.write("01234")
                    await begun.open()
                    await release.wait()
                    try await stream.write("56789")
                }
            }
        } _: { server in
            async let answer = ask(server, get("/file"))
            await begun.wait()
            server.beginStop()
            await release.open()
            let response = try await answer
            #expect(response.body == "0123456789")
        }
    }

    @Test func `cancelling the task that runs the server cancels handlers, and everyone is answered`() async throws {
        let began = Gate()
        var router = Router()
        router.on(.get, "/") { _ in
            await began.open()
            try await Task.sleep(for: .seconds(600))
            return .text("too late")
        }
        let server = try Server(router: router)
        let running = Task { try await server.run() }
        async let answer = ask(server, get("/"))
        await began.wait()
        running.cancel()
        let response = try await answer
        #expect(response.status == 503)
        try await running.value
    }

    @Test func `a server runs once, and one stopped before it ran returns at once`() async throws {
        let server = try Server(router: Router())
        server.beginStop()
        try await server.run()
        await #expect(throws: ServerStartError.hasRun) { try await server.run() }
    }
}

import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite struct StreamTests {
    private struct Broken: Error {}

    @Test func `a download of unknown length comes in chunks, whole and in order`() async throws {
        try await withServer { router in
            router.on(.get, "/log") { _ in
                .stream(type: "text/plain") { stream in
                    for line in 0..<5000 { try await stream.write("line \(line)\n") }
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/log", "Connection: close\r\n"))
            let all = try await connection.readToEnd()
            #expect(all.contains("Transfer-Encoding: chunked"))
            #expect(all.hasSuffix("0\r\n\r\n"))
            #expect(dechunked(all) == (0..<5000).map { "line \($0)\n" }.joined())
        }
    }

    @Test func `a download of known length says so, and the connection lives`() async throws {
        try await withServer { router in
            router.on(.get, "/file") { _ in
                .stream(type: "text/plain", length: 200_000) { stream in
                    for _ in 0..<2 { try await stream.write(String(repeating: "a", count: 100_000)) }
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            for _ in 0..<2 {
                try await connection.send(get("/file"))
                let response = try await connection.readResponse()
                #expect(response.body.utf8.count == 200_000)
            }
        }
    }

    @Test("A body of another length than announced is cut", arguments: [99, 101])
    func wrongLength(count: Int) async throws {
        let failure = Mutex<String?>(nil)
        try await withServer { router in
            router.on(.get, "/file") { _ in
                .stream(type: "text/plain", length: 100) { stream in
                    do {
                        try await stream.write(String(repeating: "a", count: count))
                    } catch {
                        failure.withLock { $0 = "\(error)" }
                        throw error
                    }
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/file"))
            await #expect(throws: RawHTTPConnection.Fault.self) { try await connection.readResponse() }
            #expect(failure.withLock(\.self) == (count > 100 ? "lengthMismatch" : nil))
        }
    }

    @Test func `a producer that throws cuts the stream before its end, and the error is told`() async throws {
        let notices = Mutex<[String]>([])
        try await withServer(notice: { notice in
            if case .streamFailed(let route, let error) = notice {
                notices.withLock { $0.append("\(route ?? "") \(error)") }
            }
        }) { router in
            router.on(.get, "/log") { _ in
                .stream(type: "text/plain") { stream in
                    try await stream.write("begun")
                    throw Broken()
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/log"))
            let all = try await connection.readToEnd()
            #expect(!all.contains("0\r\n\r\n"))
        }
        #expect(notices.withLock(\.self) == ["/log Broken()"])
    }

    @Test func `an event is sent as soon as it is written`() async throws {
        let proceed = Gate()
        try await withServer { router in
            router.on(.get, "/events") { _ in
                .eventStream { stream in
                    try await stream.send(ServerSentEvent(id: "1", event: "run", data: "a\nb"))
                    await proceed.wait()
                    try await stream.send(ServerSentEvent(data: "c", retry: .seconds(2)))
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/events", "Connection: close\r\n"))
            let first = try await connection.read(until: "data: b\n\n")
            #expect(first.contains("Content-Type: text/event-stream"))
            #expect(dechunked(first) == "id: 1\nevent: run\ndata: a\ndata: b\n\n")
            await proceed.open()
            let rest = try await connection.readToEnd()
            #expect(rest.contains("retry: 2000\ndata: c\n\n"))
        }
    }

    @Test func `a silent event stream sends comments`() async throws {
        var configuration = Configuration()
        configuration.heartbeat = .milliseconds(50)
        configuration.watchInterval = .milliseconds(20)
        try await withServer(configuration) { router in
            router.on(.get, "/events") { _ in .eventStream { _ in try await Task.sleep(for: .seconds(600)) } }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/events"))
            _ = try await connection.read(until: ": still here\n\n")
            _ = try await connection.read(until: ": still here\n\n")
        }
    }

    @Test("A producer is cancelled when its client goes away", arguments: [true, false])
    func clientGone(byHeartbeat: Bool) async throws {
        let cancelled = Gate()
        var configuration = Configuration()
        configuration.watchInterval = .milliseconds(20)
        configuration.heartbeat = byHeartbeat ? .milliseconds(20) : .seconds(600)
        configuration.clientWatchInterval = byHeartbeat ? .seconds(600) : .milliseconds(20)
        try await withServer(configuration) { router in
            router.on(.get, "/events") { _ in
                .eventStream { stream in
                    try await stream.write("data: begun\n\n")
                    try await waitForCancellation(opening: cancelled)
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/events"))
            _ = try await connection.read(until: "begun")
            connection.reset()
            await cancelled.wait()
        }
    }

    @Test func `a reader that takes nothing is cut`() async throws {
        let outcome = Gate()
        let failure = Mutex<(any Error)?>(nil)
        var configuration = Configuration()
        configuration.slowestReader = .milliseconds(200)
        configuration.watchInterval = .milliseconds(20)
        try await withServer(configuration) { router in
            router.on(.get, "/flood") { _ in
                .stream(type: "text/plain") { stream in
                    do {
                        while true { try await stream.write(String(repeating: "a", count: 10_000)) }
                    } catch {
                        failure.withLock { $0 = error }
                        await outcome.open()
                        throw error
                    }
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port, receiveBuffer: 4096)
            try await connection.send(get("/flood"))
            await outcome.wait()
            #expect(failure.withLock { $0 as? ResponseStreamError } == .readerTooSlow)
            let all = try await connection.readToEnd()
            #expect(!all.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `a writer waits for a reader that is slow but reads`() async throws {
        // How slow a reader may be is StreamBuffer's rule; here the machine may make it any slower.
        var configuration = Configuration()
        configuration.slowestReader = .seconds(600)
        try await withServer(configuration) { router in
            router.on(.get, "/flood") { _ in
                .stream(type: "text/plain") { stream in
                    for _ in 0..<100 { try await stream.write(String(repeating: "a", count: 100_000)) }
                }
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port, receiveBuffer: 32 * 1024)
            try await connection.send(get("/flood", "Connection: close\r\n"))
            let all = try await connection.readToEnd()
            #expect(all.hasSuffix("0\r\n\r\n"))
            #expect(all.utf8.lazy.filter { $0 == UInt8(ascii: "a") }.count > 10_000_000)
        }
    }

    @Test func `HEAD of a stream produces nothing, and nothing stray follows`() async throws {
        let produced = Atomic(false)
        try await withServer { router in
            router.on(.get, "/log") { _ in
                .stream(type: "text/plain") { _ in produced.store(true, ordering: .relaxed) }
            }
            router.on(.get, "/file") { _ in
                .stream(type: "text/plain", length: 3) { _ in produced.store(true, ordering: .relaxed) }
            }
        } _: { server in
            let unknown = try RawHTTPConnection(port: server.port)
            try await unknown.send("HEAD /log HTTP/1.1\r\nHost: test\r\n\r\n")
            let all = try await unknown.readToEnd()
            #expect(all.hasPrefix("HTTP/1.1 200 ") && all.hasSuffix("\r\n\r\n") && !all.hasSuffix("0\r\n\r\n"))
            let known = try RawHTTPConnection(port: server.port)
            try await known.send("HEAD /file HTTP/1.1\r\nHost: test\r\n\r\n")
            let response = try await known.readResponse(toHead: true)
            #expect(response["Content-Length"] == "3" && response.body == "")
            #expect(produced.load(ordering: .relaxed) == false)
        }
    }

    @Test func `an HTTP/1.0 client gets a stream that ends with the connection`() async throws {
        try await withServer { router in
            router.on(.get, "/log") { _ in .stream(type: "text/plain") { try await $0.write("all of it") } }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send("GET /log HTTP/1.0\r\n\r\n")
            let all = try await connection.readToEnd()
            #expect(all.hasSuffix("\r\n\r\nall of it"))
        }
    }

    /// The bytes of a chunked body, as far as they have come.
    private func dechunked(_ answer: String) -> String {
        guard let head = answer.range(of: "\r\n\r\n") else { return "" }
        var rest = answer[head.upperBound...]
        var body = ""
        while let line = rest.range(of: "\r\n"), let size = Int(rest[..<line.lowerBound], radix: 16), size > 0 {
            body += String(decoding: rest[line.upperBound...].utf8.prefix(size), as: UTF8.self)
            rest = Substring(String(decoding: rest[line.upperBound...].utf8.dropFirst(size + 2), as: UTF8.self))
        }
        return body
    }
}

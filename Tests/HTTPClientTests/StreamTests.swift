import Testing

@testable import HTTPClient

@Suite("A streamed answer", .timeLimit(.minutes(1)))
struct StreamTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

    @Test("is there with its head, and its pieces as they come")
    func pieces() async throws {
        let asked = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(Self.head)
            asked.block()
            connection.write("data: 1\n\nda")
            connection.write("ta: 2\r\n\nend")
        }
        let client = try Client()
        let answer = try await client.stream(Client.Request(.get, server.url))
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == "text/event-stream")
        asked.signal()
        var lines: [String] = []
        for try await line in answer.body.lines() { lines.append(line) }
        #expect(lines == ["data: 1", "", "data: 2", "", "end"])
    }

    @Test("slows the server down while nobody reads, and loses nothing")
    func backpressure() async throws {
        let total = 64 << 20
        let full = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let written = connection.writeUntilFull(upTo: total)
            // What lies in the sockets' buffers and the client's window; all of it would mean no backpressure.
            if written < total / 2 { full.signal() }
            connection.write([UInt8](repeating: UInt8(ascii: "x"), count: total - written))
        }
        let client = try Client()
        let answer = try await client.stream(Client.Request(.get, server.url))
        await full.opened()
        var count = 0
        for try await piece in answer.body { count += piece.count }
        #expect(count == total)
    }

    @Test("ends its exchange when it is let go")
    func letGo() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(Self.head + "data: 1\n\n")
            connection.waitForClose()
        }
        let client = try Client()
        do {
            let answer = try await client.stream(Client.Request(.get, server.url))
            var lines = answer.body.lines().makeAsyncIterator()
            #expect(try await lines.next() == "data: 1")
        }
        await server.allServed()
    }

    @Test("ends its exchange when the task that reads it is cancelled")
    func cancelled() async throws {
        let started = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(Self.head + "data: 1\n\n")
            connection.waitForClose()
        }
        let client = try Client()
        let url = server.url
        let task = Task { () async -> ClientError? in
            do throws(ClientError) {
                let answer = try await client.stream(Client.Request(.get, url))
                for try await _ in answer.body { started.signal() }
                return nil
            } catch {
                return error
            }
        }
        await started.opened()
        task.cancel()
        #expect(await task.value == .cancelled(mayHaveBeenSent: true))
        await server.allServed()
    }

    @Test("fails where it is cut off in the middle, after what had come was read")
    func cutOff() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        let client = try Client()
        let answer = try await client.stream(Client.Request(.get, server.url))
        var body = answer.body.makeAsyncIterator()
        #expect(try await body.next() == Array("half".utf8))
        do throws(ClientError) {
            _ = try await body.next()
            Issue.record("it ended properly")
        } catch {
            guard case .outcomeUnknown(let failure) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(failure.kind == .connectionLost)
        }
    }

    @Test("fails where the server stays silent for longer than the limit")
    func silent() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(Self.head)
            connection.waitForClose()
        }
        var request = Client.Request(.get, server.url)
        request.silenceLimit = .seconds(1)
        let client = try Client()
        let answer = try await client.stream(request)
        do throws(ClientError) {
            for try await _ in answer.body {}
            Issue.record("it ended properly")
        } catch {
            guard case .outcomeUnknown(let failure) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(failure.kind == .silent)
        }
    }

    @Test("fails where its head does not come within the deadline")
    func lateHead() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.waitForClose()
        }
        var request = Client.Request(.get, server.url)
        request.deadline = .milliseconds(100)
        let client = try Client()
        do throws(ClientError) {
            _ = try await client.stream(request)
            Issue.record("it has a head")
        } catch {
            #expect(error == .outcomeUnknown(TransportFailure(kind: .deadlinePassed, detail: "no answer began")))
        }
        await server.allServed()
    }

    @Test("has lines of bounded length")
    func longLine() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(Self.head)
            while connection.write("endless") {}
        }
        let client = try Client()
        let answer = try await client.stream(Client.Request(.get, server.url))
        await #expect(throws: ClientError.responseTooLarge(limit: 1000)) {
            for try await _ in answer.body.lines(limit: 1000) {}
        }
    }
}

import Testing

@testable import HTTPClient

@Suite("Ending from this side", .timeLimit(.minutes(1)))
struct EndingTests {
    /// A server that reads a request, says so, and waits for the other side to close.
    private func silentServer(_ read: Gate) throws -> RawServer {
        try RawServer { connection in
            connection.readRequest()
            read.signal()
            connection.waitForClose()
        }
    }

    @Test("cancelling the task ends the exchange and closes its connection")
    func cancelled() async throws {
        let read = Gate()
        let server = try silentServer(read)
        let client = try Client()
        let url = server.url
        let task = Task { () async -> ClientError? in
            do throws(ClientError) { _ = try await client.send(Client.Request(.post, url)) } catch { return error }
            return nil
        }
        await read.opened()
        task.cancel()
        #expect(await task.value == .cancelled(mayHaveBeenSent: true))
        await server.allServed()
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        let server = try RawServer { connection in connection.readRequest() }
        let client = try Client()
        let url = server.url
        let start = Gate()
        let task = Task { () async -> ClientError? in
            await start.opened()
            do throws(ClientError) { _ = try await client.send(Client.Request(.post, url)) } catch { return error }
            return nil
        }
        task.cancel()
        start.signal()
        #expect(await task.value == .cancelled(mayHaveBeenSent: false))
        await client.shutDown()
        await server.allServed()
        #expect(server.received.isEmpty)
    }

    @Test("a shutdown lets what is under way end, and takes nothing new")
    func graceful() async throws {
        let read = Gate()
        let answer = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            read.signal()
            answer.block()
            connection.answer("late")
            connection.waitForClose()
        }
        let client = try Client()
        async let underWay = client.send(Client.Request(.post, server.url))
        await read.opened()
        async let down: Void = client.shutDown(grace: .seconds(30))
        await refused(by: client, server.url)
        answer.signal()
        #expect(try await underWay.text == "late")
        await down
        await client.shutDown()
        await server.allServed()
    }

    /// Asks until a request is refused because of the shutdown, which another task began.
    private func refused(by client: Client, _ url: String) async {
        while true {
            do throws(ClientError) {
                var request = Client.Request(.get, "http://127.0.0.1:1/")
                request.deadline = .seconds(1)
                _ = try await client.send(request)
            } catch {
                if error == .notSent(TransportFailure(kind: .clientShutDown, detail: "")) { return }
            }
            await Task.yield()
        }
    }

    @Test("a shutdown ends what takes longer than its grace")
    func graceIsOver() async throws {
        let read = Gate()
        let server = try silentServer(read)
        let client = try Client()
        async let underWay = client.send(Client.Request(.post, server.url))
        await read.opened()
        await client.shutDown(grace: .milliseconds(50))
        do {
            _ = try await underWay
            Issue.record("it has an answer")
        } catch {
            #expect(error as? ClientError == .outcomeUnknown(TransportFailure(kind: .clientShutDown, detail: "")))
        }
        await server.allServed()
    }

    @Test("letting go of the client closes its kept connections")
    func letGo() async throws {
        let server = try RawServer { connection in while connection.readRequest() != nil { connection.answer() } }
        do {
            let client = try Client()
            _ = try await client.send(Client.Request(.get, server.url))
        }
        await server.allServed()
    }
}

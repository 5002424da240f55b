import API
import ControlPlane
import Domain
import EventSourcing
import Foundation
import HTTPClient
import HTTPServer
import Testing
import Web

/// The application behind real sockets.
@Suite struct SocketTests {
    /// Runs a server over an application for the length of a test.
    private func serving(
        _ web: TestWeb, _ body: (_ base: String, _ client: Client) async throws -> Void
    ) async throws {
        let server = try Server(router: web.application.router, failures: web.application.failures)
        let client = try Client()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let result: Result<Void, any Error>
            do {
                try await body("http://127.0.0.1:\(server.port)", client)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            server.beginStop()
            await client.shutDown()
            try await group.waitForAll()
            try result.get()
        }
    }

    /// The next events of a stream, each as its `event` and `id`, until there are as many as asked for.
    private func events(
        _ count: Int, of response: Client.StreamedResponse, after start: () async throws -> Void = {}
    ) async throws -> [String] {
        var events: [String] = []
        var id = ""
        var type = ""
        try await start()
        for try await line in response.body.lines() {
            if let value = line.value(of: "id") { id = value }
            if let value = line.value(of: "event") { type = value }
            if line.isEmpty, !type.isEmpty {
                events.append("\(id) \(type)")
                type = ""
            }
            if events.count == count { break }
        }
        return events
    }

    @Test func `a stream tells its position, what was recorded, and what is recorded next`() async throws {
        let web = TestWeb()
        try await serving(web) { base, client in
            _ = try await web.post("/api/v1/workspaces", #"{"name":"a"}"#)
            let answer = try await client.stream(Client.Request(.get, base + "/api/v1/events/stream?after=0"))
            #expect(answer.status == 200)
            #expect(answer.fields["Content-Type"] == "text/event-stream")
            let seen = try await events(3, of: answer) {
                _ = try await web.post("/api/v1/workspaces", #"{"name":"b"}"#)
            }
            #expect(seen == ["0 position", "1 workspace.created", "2 workspace.created"])
        }
    }

    @Test func `a stream goes on after the last event that the client has seen`() async throws {
        let web = TestWeb()
        try await serving(web) { base, client in
            for name in ["a", "b", "c"] { _ = try await web.post("/api/v1/workspaces", "{\"name\":\"\(name)\"}") }
            let fields: Client.Fields = ["Last-Event-ID": "2"]
            let request = Client.Request(.get, base + "/api/v1/events/stream?after=0", fields: fields)
            let seen = try await events(2, of: try await client.stream(request))
            #expect(seen == ["2 position", "3 workspace.created"])
        }
    }

    @Test func `a stream of one category or of one thing holds nothing else`() async throws {
        let web = TestWeb()
        try await serving(web) { base, client in
            let (workspace, connection) = try await web.makeConnection()
            let path = base + "/api/v1/events/stream?after=0"
            let category = try await events(
                2, of: try await client.stream(Client.Request(.get, path + "&category=connection")))
            #expect(category == ["0 position", "2 connection.created"])
            let stream = Client.Request(.get, path + "&stream=connection-\(connection)")
            let one = try await events(3, of: try await client.stream(stream)) {
                _ = try await web.post("/api/v1/workspaces", #"{"name":"other"}"#)
                _ = try await web.post("/api/v1/connections/\(connection)/check", nil)
            }
            #expect(one == ["0 position", "2 connection.created", "4 connection.checked"], "\(workspace)")
        }
    }

    @Test func `a client that is told too much is passed on in the log, so that it need not begin again`() async throws
    {
        let web = TestWeb()
        try await serving(web) { base, client in
            for number in 0..<1_000 {
                _ = try await web.store.append(
                    AppendRequest(
                        writes: [
                            StreamWrite(
                                stream: StreamName(category: "other", id: "\(number)"), expected: .any,
                                events: [EncodedEvent(type: "other.happened", schemaVersion: 1, payload: "{}")])
                        ], metadata: EventMetadata(actor: "system:test")))
            }
            let request = Client.Request(.get, base + "/api/v1/events/stream?after=0&category=run")
            let seen = try await events(2, of: try await client.stream(request))
            #expect(seen == ["0 position", "1000 position"])
        }
    }

    @Test func `a position beyond the log is a conflict`() async throws {
        try await serving(TestWeb()) { base, client in
            let answer = try await client.send(Client.Request(.get, base + "/api/v1/events/stream?after=7"))
            #expect(answer.status == 409)
        }
    }

    @Test func `a result is downloaded whole as CSV, with every digit`() async throws {
        let result = RunResult(
            columns: RunSamples.result.columns, rowCount: 2_500, isTruncated: false, digest: "", updateCount: nil)
        let rows = (0..<2_500).map { #"["a,\"\#($0)",\#($0).10,null]"# }
        let run = RunSamples.run(1, result: result)
        try await serving(TestWeb(.init(runs: [run]), rows: rows)) { base, client in
            let answer = try await client.send(
                Client.Request(.get, base + "/api/v1/runs/\(run.id)/result", fields: ["Accept": "text/csv"]))
            #expect(answer.fields["Content-Type"]?.hasPrefix("text/csv") == true)
            #expect(answer.fields["Content-Disposition"] == "attachment; filename=\"run-\(run.id).csv\"")
            let lines = answer.text.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.count == 2_502)
            #expect(lines.first == "region,amount,tags")
            #expect(lines[2_500] == #""a,""2499",2499.10,"#)
        }
    }

    @Test func `a button on a page cancels a run and leads back to it`() async throws {
        let web = TestWeb()
        let (workspace, connection) = try await web.makeConnection()
        let job = try await web.post(
            "/api/v1/workspaces/\(workspace)/jobs",
            #"{"name":"d","connection_id":"\#(connection)","sql":"SELECT {{job.parameters.n}}","parameters":[{"name":"n","type":"integer"}]}"#
        ).id
        try await serving(web) { base, client in
            func submit(_ path: String, _ form: String, _ fields: Client.Fields) async throws -> Client.Response {
                var fields = fields
                fields["Content-Type"] = "application/x-www-form-urlencoded"
                return try await client.send(
                    Client.Request(.post, base + path, fields: fields, body: Array(form.utf8)))
            }
            let own: Client.Fields = ["Origin": base, "Sec-Fetch-Site": "same-origin"]
            // A second click sends the same form, and leads to the same run.
            let form = "idempotency_key=\(BodyTests.id)&parameters.n=8"
            let clicks = [
                try await submit("/jobs/\(job)/runs", form, own), try await submit("/jobs/\(job)/runs", form, own),
            ]
            #expect(clicks.map(\.status) == [303, 303])
            #expect(clicks[0].fields["Location"] == clicks[1].fields["Location"])
            #expect(try await web.recorded().count { $0 == "run.requested" } == 1)

            let started = try await submit("/jobs/\(job)/runs", "parameters.n=7", own)
            let run = try #require(started.fields["Location"]?.split(separator: "/").last)
            #expect(started.status == 303)
            #expect(try await submit("/runs/\(run)/cancel", "", own).status == 303)
            #expect(try await submit("/runs/\(run)/cancel", "", own).status == 303)
            #expect(try await web.recorded().suffix(2) == ["run.requested", "run.cancel_requested"])
            #expect(try await submit("/jobs/\(job)/runs", "parameters.n=x", own).status == 422)
            #expect(try await submit("/jobs/\(job)/runs", "other=1", own).status == 400)
            #expect(try await submit("/runs/\(run)/cancel", "", ["Origin": "http://evil.example"]).status == 403)
            #expect(try await submit("/runs/\(run)/cancel", "", [:]).status == 403)
        }
    }

    @Test func `what the server answers by itself is a problem with a trace id too`() async throws {
        try await serving(TestWeb()) { base, client in
            let large = [UInt8](repeating: 0x20, count: 1_100_000)
            let refused = try await client.send(
                Client.Request(
                    .post, base + "/api/v1/workspaces", fields: ["Content-Type": "application/json"], body: large))
            #expect(refused.status == 413)
            let broken = try await client.send(Client.Request(.get, base + "/api/v1/runs/%FF"))
            #expect(broken.status == 400)
            for answer in [refused, broken] {
                #expect(answer.fields["Content-Type"] == "application/problem+json")
                #expect(answer.fields["X-Content-Type-Options"] == "nosniff")
                let problem = try WireFormat.decoder().decode(Problem.self, from: Data(answer.body))
                #expect(problem.traceID?.isEmpty == false)
            }
        }
    }
}

extension String {
    /// What follows a field's name in a line of an event stream.
    fileprivate func value(of field: String) -> String? {
        hasPrefix(field + ": ") ? String(dropFirst(field.count + 2)) : nil
    }
}

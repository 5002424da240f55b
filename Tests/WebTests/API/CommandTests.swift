import API
import ControlPlane
import Cryptography
import Domain
import EventSourcing
import Foundation
import HTTPServer
import Synchronization
import Testing
import Web

/// Commands over HTTP: what they answer, and that each is carried out once.
@Suite struct CommandTests {
    @Test func `a creation answers 201 with the id, the seq and the place of what was made`() async throws {
        let web = TestWeb()
        let answer = try await web.post("/api/v1/workspaces", #"{"name":"finance"}"#)
        #expect(answer.status == 201)
        #expect(answer.field("Location") == "/api/v1/workspaces/\(try answer.id)")
        #expect(answer.field("Weir-Seq") == "1")
        #expect(try answer.json == .object(["id": .string(answer.id), "seq": .integer(1), "version": .integer(1)]))
    }

    @Test func `from a workspace to a run, every command answers with what the next one needs`() async throws {
        let web = TestWeb()
        let (workspace, connection) = try await web.makeConnection()
        let job = try await web.post(
            "/api/v1/workspaces/\(workspace)/jobs",
            """
            {"name":"daily","connection_id":"\(connection)","sql":"SELECT {{job.parameters.day}}",
             "parameters":[{"name":"day","type":"date"}],"timeout_seconds":60,"max_attempts":2,"result_limits":{"rows":5}}
            """)
        #expect(job.status == 201, "\(job.text)")
        let run = try await web.post("/api/v1/jobs/\(job.id)/runs", #"{"parameters":{"day":"2026-01-31"}}"#)
        #expect(run.status == 202, "\(run.text)")
        #expect(run.field("Location") == "/api/v1/runs/\(try run.id)")
        let events = try await web.get("/api/v1/runs/\(run.id)/events")
        let list = try WireFormat.decoder().decode(List<EventResource>.self, from: Data(events.response.bytes ?? []))
        #expect(list.items.map(\.type) == ["run.requested"])
        #expect(list.items.first?.payload["statement"]?.string == "SELECT DATE '2026-01-31'")
        let cancel = try await web.post("/api/v1/runs/\(run.id)/cancel", nil)
        #expect(cancel.status == 202)
        let check = try await web.post("/api/v1/connections/\(connection)/check", nil)
        #expect(check.status == 200)
        #expect(try check.json["check"]?["healthy"] == .boolean(true))
        #expect(check.field("Weir-Seq") != nil)
    }

    @Test func `the same request under the same key is carried out once and answered the same`() async throws {
        let web = TestWeb()
        let key: HTTPFields = [.idempotencyKey: "k-1"]
        let first = try await web.post("/api/v1/workspaces", #"{"name":"finance"}"#, key)
        let again = try await web.post("/api/v1/workspaces", #"{"name":"finance"}"#, key)
        #expect(first.field("Idempotency-Replayed") == nil)
        #expect(again.field("Idempotency-Replayed") == "true")
        #expect(again.status == 201)
        #expect(try again.id == first.id)
        #expect(try again.json["seq"] == first.json["seq"])
        #expect(again.field("Location") == first.field("Location"))
        #expect(try await web.recorded() == ["workspace.created"])
    }

    @Test func `another request under the same key is refused`() async throws {
        let web = TestWeb()
        let key: HTTPFields = [.idempotencyKey: "k-1"]
        _ = try await web.post("/api/v1/workspaces", #"{"name":"finance"}"#, key)
        let other = try await web.post("/api/v1/workspaces", #"{"name":"sales"}"#, key)
        #expect(other.status == 422)
        #expect(try other.problem.code == "idempotency-key-reused")
    }

    @Test func `keys of different operations do not meet`() async throws {
        let web = TestWeb()
        let (workspace, _) = try await web.makeConnection()
        let key: HTTPFields = [.idempotencyKey: "k-1"]
        _ = try await web.post("/api/v1/workspaces", #"{"name":"other"}"#, key)
        let connection = try await web.post(
            "/api/v1/workspaces/\(workspace)/connections",
            #"{"name":"b","engine":"trino","settings":{"url":"http://t:1","user":"u"}}"#, key)
        #expect(connection.status == 201)
    }

    @Test(arguments: ["", "a b", "ü", String(repeating: "k", count: 201)])
    func `a key that is none is refused`(key: String) async throws {
        let answer = try await TestWeb().post("/api/v1/workspaces", #"{"name":"a"}"#, [.idempotencyKey: key])
        #expect(answer.status == 400)
        #expect(try answer.problem.errors.first?.parameter == "Idempotency-Key")
    }

    @Test func `a rule of the domain names the field that it is about`() async throws {
        let web = TestWeb()
        let (workspace, _) = try await web.makeConnection()
        let answer = try await web.post(
            "/api/v1/workspaces/\(workspace)/connections",
            #"{"name":"a","engine":"postgres","settings":{"host":"h","database":"d","user":"u","port":99999}}"#)
        #expect(answer.status == 422)
        #expect(try answer.problem.errors.map(\.pointer) == ["/settings/port"])
        #expect(try answer.problem.code == "port-invalid")
    }

    @Test func `what a command refers to must be there`() async throws {
        let answer = try await TestWeb().post("/api/v1/jobs/\(BodyTests.id)/runs", "{}")
        #expect(answer.status == 404)
        #expect(try answer.problem.code == "job-not-found")
    }

    @Test func `a name that is taken is a conflict, and the holder is named`() async throws {
        let web = TestWeb()
        let first = try await web.post("/api/v1/workspaces", #"{"name":"finance"}"#)
        let second = try await web.post("/api/v1/workspaces", #"{"name":"FINANCE"}"#)
        #expect(second.status == 409)
        #expect(try second.problem.code == "name-taken")
        #expect(try second.problem.detail?.contains(first.id) == true)
    }

    @Test func `the metadata of an event says who asked, from where and as part of what`() async throws {
        let web = TestWeb()
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let answer = try await web.post(
            "/api/v1/workspaces", #"{"name":"a"}"#,
            ["X-Request-Id": "client-7", .traceparent: trace, .idempotencyKey: "k"])
        #expect(answer.field("X-Request-Id") == "client-7")
        let metadata = try #require(try await web.store.readAll(after: 0, limit: 1).first?.metadata)
        #expect(metadata.actor == "system:local")
        #expect(metadata.requestID == "client-7")
        #expect(metadata.clientAddress == "127.0.0.1")
        #expect(metadata.traceParent == trace)
        #expect(metadata.idempotencyKey == "k")
    }

    @Test func `a client's text becomes neither actor nor request id when it is not well-formed`() async throws {
        let web = TestWeb()
        _ = try await web.post(
            "/api/v1/workspaces", #"{"name":"a"}"#,
            ["X-Request-Id": String(repeating: "x", count: 200), .traceparent: "00-zz-yy-01", "X-Actor": "user:root"])
        let metadata = try #require(try await web.store.readAll(after: 0, limit: 1).first?.metadata)
        #expect(metadata.actor == "system:local")
        #expect(metadata.requestID.flatMap(UUID.init(uuidString:)) != nil)
        #expect(metadata.traceParent == nil)
    }

    @Test func `a password goes to the secret store, and into no event, answer or log`() async throws {
        let web = TestWeb()
        let (workspace, _) = try await web.makeConnection()
        let body =
            #"{"name":"db","engine":"postgres","settings":{"host":"h","database":"d","user":"u"},"secret":{"password":"hunter2"}}"#
        let made = try await web.post("/api/v1/workspaces/\(workspace)/connections", body)
        let again = try await web.post("/api/v1/workspaces/\(workspace)/connections", body)
        #expect(made.status == 201 && again.status == 409)
        #expect(web.secrets.secrets.withLock { $0.values.contains { $0.reveal() == "hunter2" } })
        let log = try await web.store.readAll(after: 0, limit: 100).map { EventEnvelope.text(of: $0) }
        #expect(!(log + web.entries.all + [made.text, again.text]).joined().contains("hunter2"))
    }
}

extension EventEnvelope {
    static func text(of envelope: EventEnvelope) -> String { "\(envelope)" }
}

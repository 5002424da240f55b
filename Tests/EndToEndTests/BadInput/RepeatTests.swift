import API
import APIClient
import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("A command that comes again")
struct RepeatTests {
    private static let path = "/api/v1/workspaces"

    @Test("under the same key is answered with what the first time did, and does nothing")
    func isReplayed() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let session = try RawSession(server.base)
            let request = RawSession.Request.post(
                Self.path, #"{"name":"once"}"#, fields: [HeaderName.idempotencyKey: "key-1"])
            // At the same time, as by a client that has lost its patience.
            let answers = try await withThrowingTaskGroup { group in
                for _ in 0..<8 { group.addTask { try await session.send(request) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let first = try #require(answers.first).command
            for answer in answers {
                #expect(answer.status == 201)
                #expect(try answer.command.id == first.id)
                #expect(try answer.command.seq == first.seq)
                #expect(answer.fields["Weir-Seq"] == first.seq.map { "\($0)" })
            }
            #expect(answers.count { $0.fields[HeaderName.idempotencyReplayed] == nil } == 1)

            let user = try UserSession(server.base, workspace: first.id)
            let events = try await EventFeed(server.base).read(query: "after=0&stream=workspace-\(first.id)") { _ in
                true
            }
            #expect(events.map(\.seq) == [first.seq])
            #expect(events.first?.idempotencyKey == "key-1")
            let list = try await user.client.get(
                Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), minimumSeq: first.seq)
            #expect(list.items.map(\.id) == [first.id])
        }
    }

    @Test("with another body under the same key is refused, and so is a key that is none")
    func refusesReuse() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let session = try RawSession(server.base)
            func request(_ name: String, _ key: String) -> RawSession.Request {
                .post(Self.path, #"{"name":"\#(name)"}"#, fields: [HeaderName.idempotencyKey: key])
            }
            let seq = try #require(try await session.send(request("first", "key")).command.seq)
            let malformed = ["", "two words", String(repeating: "k", count: 201)].map {
                Refusal(
                    request: request("second", $0), status: 400, code: "idempotency-key-invalid",
                    faults: ["Idempotency-Key malformed"], says: ["1 to 200 visible ASCII characters"])
            }
            let reused = Refusal(
                request: request("second", "key"), status: 422, code: "idempotency-key-reused",
                faults: ["Idempotency-Key reused"], says: ["seq \(seq)", "use a fresh key"])
            let recorded = try await session.expect(malformed + [reused])
            _ = try await EventFeed(server.base).refusals(of: recorded.keys)
            #expect(try await session.send(request("second", "fresh")).status == 201)
        }
    }

    @Test("with a name that is taken, in any case, is refused and told by whom")
    func refusesTakenNames() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let session = try RawSession(server.base)
            let user = try await UserSession(server.base)
            let inside = "\(Self.path)/\(user.workspace)"
            let connection =
                #"{"name":"Größe","engine":"trino","settings":{"url":"http://127.0.0.1:1","user":"u"}}"#
            let made = try await session.send(.post("\(inside)/connections", connection)).command
            let job = #"{"name":"daily","connection_id":"\#(made.id)","sql":"SELECT 1"}"#
            let madeJob = try await session.send(.post("\(inside)/jobs", job)).command
            func taken(_ path: String, _ body: String, by id: String) -> Refusal {
                Refusal(
                    request: .post(path, body), status: 409, code: "name-taken", faults: ["/name name-taken"],
                    says: [id, "choose another one"])
            }
            let other = connection.replacing("Größe", with: "GRÖSSE")
            let recorded = try await session.expect([
                taken(Self.path, #"{"name":"\#(user.name.uppercased())"}"#, by: user.workspace),
                taken("\(inside)/connections", connection, by: made.id),
                taken("\(inside)/jobs", job.replacing("daily", with: "DAILY"), by: madeJob.id),
            ])
            _ = try await EventFeed(server.base).refusals(of: recorded.keys)
            // Another text, and another workspace, take nothing away from anybody.
            #expect(try await session.send(.post("\(inside)/connections", other)).status == 201)
            let elsewhere = try await UserSession(server.base).workspace
            #expect(try await session.send(.post("\(Self.path)/\(elsewhere)/connections", connection)).status == 201)
        }
    }
}

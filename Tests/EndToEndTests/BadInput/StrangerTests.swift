import API
import APIClient
import HTTPClient
import TestSupport
import Testing

@Suite("Somebody else's web page")
struct StrangerTests {
    private static let body = #"{"name":"theirs"}"#

    private static func post(
        _ fields: [String: String], type: String = "application/json", path: String = "/api/v1/workspaces"
    ) -> RawSession.Request {
        .post(path, body, type: type, fields: fields)
    }

    @Test("gets no answer under a foreign name, and changes nothing on a visitor's behalf")
    func isTurnedAway() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let session = try RawSession(server.base)
            let foreign = ["rebound.example", "127.0.0.1.rebound.example:80", "localhost.:80", "127.0.0.1:80:80"]
                .flatMap {
                    [
                        RawSession.Request.get("/api/v1/workspaces", fields: ["Host": $0]),
                        .get("/", fields: ["Host": $0]), Self.post(["Host": $0]),
                    ]
                }
            let crossSite = [
                Self.post(["Origin": "http://other.example"]), Self.post(["Origin": "null"]),
                Self.post(["Sec-Fetch-Site": "cross-site"]), Self.post(["Sec-Fetch-Site": "same-site"]),
                Self.post([:], type: "application/x-www-form-urlencoded"),
                Self.post(["Origin": "https://" + server.base.dropFirst("http://".count)]),
            ]
            let recorded = try await session.expect(
                foreign.map { Refusal(request: $0, status: 421, code: "host-not-local", says: ["http://127.0.0.1"]) }
                    + crossSite.map {
                        Refusal(request: $0, status: 403, code: "cross-site", says: ["without an Origin header"])
                    })
            let events = try await EventFeed(server.base).refusals(of: recorded.keys)
            for (id, code) in recorded { #expect(events[id]?.payload["code"]?.string == code) }

            // Nobody made a workspace, and a page of the server's own may.
            let own = try await session.send(Self.post(["Origin": server.base, "Sec-Fetch-Site": "same-origin"]))
            #expect(own.status == 201)
            let user = try await UserSession(server.base)
            let names = try await user.client.get(
                Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), query: [("name", "theirs")],
                minimumSeq: try own.command.seq)
            #expect(names.items.map(\.id) == [try own.command.id])
        }
    }
}

import API
import APIClient
import HTTPClient
import TestSupport
import Testing

@Suite("A bad question")
struct BadQueryTests {
    private static let id = "0195c000-0000-7000-8000-000000000001"

    private static func bad(
        _ path: String, _ code: String = "parameter-invalid", _ faults: String..., says: [String] = [],
        fields: [String: String] = [:]
    ) -> Refusal {
        Refusal(request: .get("/api/v1" + path, fields: fields), status: 400, code: code, faults: faults, says: says)
    }

    private static let parameters = [
        bad("/runs/x", "id-invalid", "run malformed", says: ["must be a UUID"]),
        bad("/runs?workspace=x", "id-invalid", "workspace malformed", says: ["must be a UUID"]),
        bad("/runs?status=done", "parameter-invalid", "status out-of-range", says: ["outcome_unknown", "succeeded"]),
        bad("/runs?limit=0", "parameter-invalid", "limit out-of-range", says: ["from 1 to 200"]),
        bad("/runs?limit=ten", "parameter-invalid", "limit out-of-range", says: ["whole number"]),
        bad("/runs?stauts=failed", "parameter-invalid", "stauts unknown-parameter", says: ["known here: workspace"]),
        bad("/runs?limit=1&limit=2", "parameter-invalid", "limit repeated", says: ["once"]),
        bad("/runs?cursor=abc", "cursor-invalid", "cursor malformed", says: ["next_cursor"]),
        bad("/workspaces?cursor=abc", "cursor-invalid", "cursor malformed", says: ["next_cursor"]),
        bad(
            "/workspaces", "min-seq-invalid", "Weir-Min-Seq malformed", says: ["whole number"],
            fields: ["Weir-Min-Seq": "soon"]),
        bad("/events/stream?after=-1", "position-invalid", "after malformed", says: ["seq of an event"]),
        bad("/events/stream?stream=%20", "position-invalid", "stream malformed", says: ["a stream's name"]),
    ]

    private static let targets = [("/runs?job=%00", "a NUL"), ("/runs?job=%zz", "broken"), ("/jobs/%2e%2e", "a dot")]
        .map {
            Refusal(request: .get("/api/v1" + $0), status: 400, code: "bad-request", says: [$1], hasHead: false)
        }

    private static func unknown(_ path: String, _ code: String) -> Refusal {
        Refusal(request: .get("/api/v1" + path), status: 404, code: code, says: [id])
    }

    private static let things = [
        unknown("/workspaces/\(id)", "workspace-not-found"),
        unknown("/workspaces/\(id)/connections", "workspace-not-found"),
        unknown("/workspaces/\(id)/jobs", "workspace-not-found"),
        unknown("/connections/\(id)", "connection-not-found"),
        unknown("/jobs/\(id)", "job-not-found"),
        unknown("/runs/\(id)", "run-not-found"),
        unknown("/runs/\(id)/events", "run-not-found"),
        unknown("/runs/\(id)/result", "run-not-found"),
    ]

    private static func command(_ path: String, _ code: String, body: String = "{}") -> Refusal {
        Refusal(request: .post("/api/v1" + path, body), status: 404, code: code, says: ["there is no", "list"])
    }

    private static let commands = [
        command("/connections/\(id)/check", "connection-not-found"),
        command("/jobs/\(id)/runs", "job-not-found"),
        command("/runs/\(id)/cancel", "run-not-found"),
        command("/runs/\(id)/resolve", "run-not-found", body: #"{"outcome":"failed","reason":"r"}"#),
        command(
            "/workspaces/\(id)/jobs", "workspace-not-found", body: #"{"name":"a","connection_id":"\#(id)","sql":"S"}"#),
        command("/jobs/\(id)/versions", "job-not-found", body: #"{"connection_id":"\#(id)","sql":"S"}"#),
        command(
            "/workspaces/\(id)/connections", "workspace-not-found",
            body: #"{"name":"a","engine":"trino","settings":{"url":"http://127.0.0.1:1","user":"u"}}"#),
    ]

    private static let places = [
        Refusal(
            request: .get("/api/v1/nowhere"), status: 404, code: "not-found", says: ["nothing at this address"]),
        Refusal(
            request: RawSession.Request(method: .delete, path: "/api/v1/runs", body: nil, fields: [:]), status: 405,
            code: "method-not-allowed", says: ["Allow"]),
    ]

    @Test("is answered with what was wrong, and a command to what is not there is recorded")
    func isRefused() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let session = try RawSession(server.base)
            let recorded = try await session.expect(
                Self.parameters + Self.targets + Self.things + Self.places + Self.commands)
            #expect(recorded.count == Self.commands.count)
            let events = try await EventFeed(server.base).refusals(of: recorded.keys)
            for (id, code) in recorded { #expect(events[id]?.payload["code"]?.string == code) }

            let ahead = Refusal(
                request: .get("/api/v1/events/stream?after=1000000"), status: 409, code: "position-ahead",
                says: ["the last seq is"])
            _ = try await session.expect([ahead])
            _ = try await UserSession(server.base)
            #expect(await server.stop() == 0)
        }
    }

    @Test("with the cursor of another list is refused")
    func refusesOtherCursors() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            _ = try await UserSession(server.base)
            let last = try await UserSession(server.base).workspace
            let log = try await user.client.get(Endpoints.getLog, Endpoints.getLog.path())
            _ = try await user.client.get(
                Endpoints.getWorkspace, Endpoints.getWorkspace.path(last), minimumSeq: log.lastSeq)
            let page = try await user.client.get(
                Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), query: [("limit", "1")])
            let cursor = try #require(page.nextCursor)
            let next = try await user.client.get(
                Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), query: [("cursor", cursor)])
            #expect(next.items.count == 2)
            #expect(!next.items.contains { $0.id == page.items.first?.id })
            _ = try await RawSession(server.base).expect([
                Self.bad(
                    "/runs?cursor=\(API.PercentEncoding.encode(cursor))", "cursor-invalid", "cursor malformed",
                    says: ["next_cursor"])
            ])
        }
    }
}

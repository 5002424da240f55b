import API
import APIClient
import TestSupport
import Testing

@Suite("A command with a bad body")
struct BadBodyTests {
    private static let id = "0195c000-0000-7000-8000-000000000001"
    private static let workspaces = "/api/v1/workspaces"
    private static let connections = "/api/v1/workspaces/\(id)/connections"
    private static let jobs = "/api/v1/workspaces/\(id)/jobs"

    private static func invalid(_ path: String, _ body: String, _ faults: String..., says: [String] = []) -> Refusal {
        Refusal(request: .post(path, body), status: 422, code: "body-invalid", faults: faults, says: says)
    }

    /// What is JSON, but not what was asked for.
    private static let wrongShapes = [
        invalid(workspaces, "[]", " wrong-type", says: ["must be an object, not an array"]),
        invalid(workspaces, "{}", "/name missing-field", says: ["/name is required"]),
        invalid(workspaces, #"{"name":5}"#, "/name wrong-type", says: ["must be a string, not a number"]),
        invalid(
            workspaces, #"{"name":"a","nmae":"b"}"#, "/nmae unknown-field", says: ["known are description, name"]),
        invalid(
            connections, #"{"name":"a","engine":"oracle","settings":{}}"#, "/engine out-of-range",
            says: ["must be one of postgres, trino"]),
        invalid(
            connections, #"{"name":"a","engine":"postgres","settings":{"host":"h","port":"5432","user":"u"}}"#,
            "/settings/port wrong-type", "/settings/database missing-field", says: ["a whole number"]),
        invalid(
            jobs, #"{"name":"a","connection_id":"x","sql":"SELECT 1","timeout_seconds":1.5}"#,
            "/connection_id malformed", "/timeout_seconds wrong-type", says: ["must be a UUID"]),
        invalid(
            jobs, #"{"name":"a","connection_id":"\#(id)","sql":"SELECT 1","parameters":[{"name":"p","type":"blob"}]}"#,
            "/parameters/0/type out-of-range", says: ["text, integer, decimal, boolean, date, timestamp"]),
        invalid(
            "/api/v1/jobs/\(id)/runs", #"{"parameters":{"a":[1]}}"#, "/parameters/a wrong-type",
            says: ["must be a string, number or boolean"]),
    ]

    private static func malformed(_ body: String, says: String) -> Refusal {
        Refusal(request: .post(workspaces, body), status: 400, code: "json-malformed", says: [says])
    }

    /// What is no JSON, or none that two readers must understand in the same way.
    private static let wrongTexts = [
        malformed(#"{"name":"a""#, says: "an object is not closed, at byte 11"),
        malformed(#"{"name":"a"} {}"#, says: "something after the value"),
        malformed(#"{"name":"a","name":"b"}"#, says: "the same field twice, at byte 12"),
        malformed(#"{"name":"\u0000"}"#, says: "NUL"),
        malformed(#"{"name":"\ud800"}"#, says: "half a character"),
        malformed("\u{FEFF}{}", says: "at byte 0"),
        malformed(
            #"{"name":"# + String(repeating: "[", count: 100_000), says: "nested more than 16 deep, at byte"),
        Refusal(
            request: .post(workspaces, "name=a", type: "text/plain"), status: 415, code: "media-type",
            says: ["Content-Type: application/json"]),
    ]

    /// What fits the fields, and breaks a rule of what they mean.
    private static let brokenRules = [
        rule(workspaces, #"{"name":""}"#, "/name name-invalid", says: "must not be empty"),
        rule(workspaces, #"{"name":" a"}"#, "/name name-invalid", says: "must not begin or end with a space"),
        rule(workspaces, #"{"name":"a\u202eb"}"#, "/name name-invalid", says: "control characters"),
        rule(
            workspaces, #"{"name":"\#(String(repeating: "n", count: 101))"}"#, "/name name-invalid",
            says: "must not be longer than 100 characters"),
    ]

    private static func rule(_ path: String, _ body: String, _ fault: String, says: String) -> Refusal {
        Refusal(
            request: .post(path, body), status: 422, code: String(fault.split(separator: " ")[1]), faults: [fault],
            says: [says])
    }

    @Test("is refused with the place and the remedy, the refusal is recorded, and the server goes on")
    func isRefused() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let session = try RawSession(server.base)
            let recorded = try await session.expect(Self.wrongShapes + Self.wrongTexts + Self.brokenRules)
            #expect(recorded.count == Self.wrongShapes.count + Self.wrongTexts.count + Self.brokenRules.count)

            let events = try await EventFeed(server.base).refusals(of: recorded.keys)
            for (id, code) in recorded {
                let event = try #require(events[id])
                #expect(event.type == "security.command_refused")
                #expect(event.payload["code"]?.string == code)
                #expect(event.payload["command"]?.string?.hasPrefix("POST /api/v1/") == true)
                #expect(event.actor == "system:local")
                #expect(event.clientAddress == "127.0.0.1")
            }
            _ = try await UserSession(server.base)
            #expect(await server.stop() == 0)
        }
    }

    @Test("that is too long is refused before it is read, and the server goes on")
    func isTooLong() async throws {
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let session = try RawSession(server.base)
            for mebibytes in [1, 4] {
                let body = #"{"name":""# + String(repeating: "n", count: mebibytes << 20) + #""}"#
                _ = try await session.expect([
                    Refusal(
                        request: .post(Self.workspaces, body), status: 413, code: "content-too-large",
                        says: ["at most 1048576 bytes"])
                ])
            }
            _ = try await UserSession(server.base)
        }
    }
}

import API
import EventSourcing
import HTTPServer
import Testing
import Web

/// Bodies are taken strictly, and every fault is named with its place.
@Suite struct BodyTests {
    /// A body that is refused, with the places and codes of its faults.
    struct Case: CustomTestStringConvertible, Sendable {
        let target: String
        let body: String
        let faults: [String]
        var testDescription: String { "\(target) \(body)" }
    }

    static let id = "0195c000-0000-7000-8000-000000000001"
    static let connections = "/api/v1/workspaces/\(id)/connections"
    static let jobs = "/api/v1/workspaces/\(id)/jobs"
    static let runs = "/api/v1/jobs/\(id)/runs"

    static let cases = [
        Case(target: "/api/v1/workspaces", body: #"[]"#, faults: [" wrong-type"]),
        Case(target: "/api/v1/workspaces", body: #"{}"#, faults: ["/name missing-field"]),
        Case(target: "/api/v1/workspaces", body: #"{"name":null}"#, faults: ["/name missing-field"]),
        Case(target: "/api/v1/workspaces", body: #"{"name":5}"#, faults: ["/name wrong-type"]),
        Case(
            target: "/api/v1/workspaces", body: #"{"name":"a","nmae":"b","a/b~":1}"#,
            faults: ["/nmae unknown-field", "/a~1b~0 unknown-field"]),
        Case(
            target: "/api/v1/workspaces", body: #"{"name":"a","description":[]}"#, faults: ["/description wrong-type"]),
        Case(target: "/api/v1/workspaces", body: #"{"name":""}"#, faults: ["/name name-invalid"]),
        Case(
            target: connections, body: #"{"name":"a","engine":"oracle","settings":{}}"#,
            faults: ["/engine out-of-range"]),
        Case(
            target: connections, body: #"{"name":"a","engine":null,"settings":{"x":1}}"#,
            faults: ["/engine missing-field"]
        ),
        Case(
            target: connections, body: #"{"name":"a","engine":"trino","settings":{"url":"http://x"}}"#,
            faults: ["/settings/user missing-field"]),
        Case(
            target: connections, body: #"{"name":"a","engine":"trino","settings":"x","secret":{"pass":"y"}}"#,
            faults: ["/settings wrong-type", "/secret/password missing-field", "/secret/pass unknown-field"]),
        Case(
            target: connections,
            body:
                #"{"name":"a","engine":"postgres","settings":{"host":"h","database":"d","user":"u","port":1.5,"tls_mode":"x"}}"#,
            faults: ["/settings/port wrong-type", "/settings/tls_mode out-of-range"]),
        Case(
            target: jobs, body: #"{"name":"a","connection_id":"","sql":"SELECT 1"}"#,
            faults: ["/connection_id malformed"]),
        Case(
            target: jobs, body: #"{"name":"a","connection_id":"x","sql":"SELECT 1","timeout_seconds":"5"}"#,
            faults: ["/connection_id malformed", "/timeout_seconds wrong-type"]),
        Case(
            target: jobs,
            body:
                #"{"name":"a","connection_id":"\#(id)","sql":"","parameters":[{"name":"p","type":"blob"},7],"result_limits":{"rows":1,"x":1}}"#,
            faults: [
                "/parameters/0/type out-of-range", "/parameters/1 wrong-type", "/result_limits/x unknown-field",
            ]),
        Case(
            target: "/api/v1/jobs/\(id)/versions", body: #"{"connection_id":null}"#,
            faults: [
                "/connection_id missing-field", "/sql missing-field",
            ]),
        Case(target: runs, body: #"{"parameters":[]}"#, faults: ["/parameters wrong-type"]),
        Case(
            target: runs, body: #"{"parameters":{"a":{},"b/c":[1],"d":null}}"#,
            faults: ["/parameters/a wrong-type", "/parameters/b~1c wrong-type", "/parameters/d wrong-type"]),
        // A slash with a combining mark behind it is another character, and a slash all the same.
        Case(
            target: runs, body: "{\"parameters\":{\"b/\u{301}c\":{}}}", faults: ["/parameters/b~1\u{301}c wrong-type"]),
        Case(target: "/api/v1/runs/\(id)/cancel", body: #"{"reason":1}"#, faults: ["/reason wrong-type"]),
        Case(
            target: "/api/v1/runs/\(id)/resolve", body: #"{"outcome":"won","reason":"x"}"#,
            faults: ["/outcome out-of-range"]),
        Case(
            target: "/api/v1/runs/\(id)/resolve", body: #"{"outcome":""}"#,
            faults: ["/outcome out-of-range", "/reason missing-field"]),
        Case(target: "/api/v1/connections/\(id)/check", body: #"{"x":1}"#, faults: ["/x unknown-field"]),
    ]

    @Test(arguments: cases)
    func `a body that is not what the operation takes is refused, and each fault named`(_ test: Case) async throws {
        let web = TestWeb()
        let answer = try await web.post(test.target, test.body)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer.field("Content-Type") == "application/problem+json")
        let problem = try answer.problem
        #expect(Set(problem.errors.map { "\($0.pointer ?? "") \($0.code)" }) == Set(test.faults))
        #expect(problem.traceID?.isEmpty == false)
        #expect(try await web.recorded() == ["security.command_refused"])
    }

    @Test(arguments: ["{", #"{"name":"a","name":"b"}"#, #"{"name":"\u0000"}"#, #"{"name":"a"} x"#, "\u{FEFF}{}"])
    func `a body that is no JSON is refused before it is looked at`(body: String) async throws {
        let answer = try await TestWeb().post("/api/v1/workspaces", body)
        #expect(answer.status == 400)
        #expect(try answer.problem.code == "json-malformed")
    }

    @Test(arguments: [
        nil, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
    ])
    func `a body of another media type is refused`(type: String?) async throws {
        let web = TestWeb()
        let fields = type.map { [.contentType: $0] } ?? [:] as HTTPFields
        let answer = try await web.send(.post, "/api/v1/workspaces", #"{"name":"a"}"#, fields)
        #expect(answer.status == (type == "application/x-www-form-urlencoded" ? 403 : 415))
        #expect(
            try await web.store.readAll(after: 0, limit: 10).allSatisfy { $0.event.type == "security.command_refused" })
    }
}

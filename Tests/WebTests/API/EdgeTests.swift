import API
import EventSourcing
import HTTPServer
import Testing
import Web

/// What the application's edge turns away, and what it puts on every answer.
@Suite struct EdgeTests {
    @Test(arguments: [
        "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:80", "192.168.1.4:8080",
        "[::2]:8080", "", "127.0.0.1@evil", "localhost:8080@evil.example", "localhost:x", "0.0.0.0:8080",
    ])
    func `a request for another host is turned away, to read as to write`(host: String) async throws {
        let web = TestWeb()
        let read = try await web.get("/api/v1/runs", [.host: host])
        let write = try await web.post("/api/v1/workspaces", #"{"name":"a"}"#, [.host: host])
        #expect(read.status == 421 && write.status == 421)
        #expect(try await !web.recorded().contains("workspace.created"))
    }

    @Test(arguments: ["127.0.0.1:8080", "127.0.0.1", "localhost:9", "LOCALHOST:9", "[::1]:8080", "[::1]"])
    func `loopback's own names are taken`(host: String) async throws {
        #expect(try await TestWeb().get("/api/v1/runs", [.host: host]).status == 200)
    }

    static let foreign: [HTTPFields] = [
        ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], [.origin: "http://evil.example"],
        [.origin: "null"], [.origin: "http://127.0.0.1:9999"], [.origin: "https://127.0.0.1:8080"],
        [.origin: "http://127.0.0.1:8080", "Sec-Fetch-Site": "cross-site"], [.origin: "http://localhost:8080"],
    ]

    @Test(arguments: foreign)
    func `a page from elsewhere can change nothing, and the attempt is recorded`(fields: HTTPFields) async throws {
        let web = TestWeb()
        let answer = try await web.post("/api/v1/workspaces", #"{"name":"a"}"#, fields)
        #expect(answer.status == 403)
        #expect(try answer.problem.code == "cross-site")
        #expect(try await web.recorded() == ["security.command_refused"])
    }

    static let proxied: [(host: String, origin: String?)] = [
        ("weir.example", "https://weir.example"), ("WEIR.example:443", "https://weir.example"), ("weir.example", nil),
        // A proxy that names the server it asks.
        ("127.0.0.1:8080", "https://weir.example"), ("127.0.0.1:8080", "http://127.0.0.1:8080"),
    ]

    @Test(arguments: proxied)
    func `behind a proxy its origin is the server's own`(host: String, origin: String?) async throws {
        let web = TestWeb(publicOrigin: PublicOrigin("https://weir.example"))
        var fields: HTTPFields = [.host: host, "Sec-Fetch-Site": "same-origin"]
        fields[.origin] = origin
        #expect(try await web.get("/runs", fields).status == 200)
        #expect(try await web.post("/api/v1/workspaces", #"{"name":"a"}"#, fields).status == 201)
    }

    @Test(arguments: [
        ("weir.example", "http://weir.example", 403), ("weir.example", "https://evil.example", 403),
        ("weir.example", "http://127.0.0.1:8080", 403), ("weir.example:444", "https://weir.example", 421),
        ("evil.example", "https://weir.example", 421),
    ])
    func `behind a proxy others stay strangers`(host: String, origin: String, status: Int) async throws {
        let web = TestWeb(publicOrigin: PublicOrigin("https://weir.example"))
        #expect(
            try await web.post("/api/v1/workspaces", #"{"name":"a"}"#, [.host: host, .origin: origin]).status == status)
    }

    @Test func `an origin is scheme, host and port, and nothing else`() {
        #expect(PublicOrigin("https://Weir.example:443")?.description == "https://weir.example")
        #expect(PublicOrigin("http://[fd00::1]:8080")?.description == "http://[fd00::1]:8080")
        for text in [
            "", "weir.example", "https://", "https://a/", "https://a/b", "https://a:0", "https://u@a", "ftp://a",
        ] {
            #expect(PublicOrigin(text) == nil)
        }
    }

    @Test func `a page of this server can change things`() async throws {
        let own: HTTPFields = [.origin: "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"]
        #expect(try await TestWeb().post("/api/v1/workspaces", #"{"name":"a"}"#, own).status == 201)
    }

    @Test(arguments: ["/runs", "/nowhere", "/api/v1/runs", "/api/v1/runs/x", "/healthz", "/assets/weir.css", "/"])
    func `every answer carries the security fields`(target: String) async throws {
        let answer = try await TestWeb().get(target, [.accept: "text/html"])
        let policy = try #require(answer.field("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
        #expect(answer.field("X-Content-Type-Options") == "nosniff")
        #expect(answer.field("Referrer-Policy") == "same-origin")
        #expect(answer.field("X-Request-Id") != nil)
    }

    @Test func `what is not there, and what cannot be done there, are problems`() async throws {
        let web = TestWeb()
        #expect(try await web.get("/api/v1/nothing").problem.status == 404)
        let wrong = try await web.send(.delete, "/api/v1/runs", nil, [:])
        #expect(wrong.status == 405)
        #expect(wrong.field("Allow")?.contains("GET") == true)
    }

    @Test func `a browser gets a problem as a page, a program as JSON`() async throws {
        let web = TestWeb()
        let page = try await web.get("/runs/\(BodyTests.id)", [.accept: "text/html,*/*"])
        #expect(page.status == 404)
        #expect(page.field("Content-Type") == "text/html; charset=utf-8")
        let json = try await web.get("/api/v1/runs/\(BodyTests.id)", [.accept: "text/html,*/*"])
        #expect(json.field("Content-Type") == "application/problem+json")
    }
}

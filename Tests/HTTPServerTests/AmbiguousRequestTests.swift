import Foundation
import HTTPServer
import Synchronization
import Testing

/// Every request here is one that two parties could read differently, or that the library reads leniently.
@Suite struct AmbiguousRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: String

        init(_ name: String, _ request: String) {
            testDescription = name
            self.request = request
        }
    }

    static let heads = [
        Case("two Host fields", "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Case("two equal Host fields", "GET /a HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n"),
        Case("a Host that is none", "GET /a HTTP/1.1\r\nHost: a/b@c\r\n\r\n"),
        Case(
            "Content-Length with Transfer-Encoding",
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case(
            "Transfer-Encoding with Content-Length",
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        Case(
            "Content-Lengths that differ",
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        Case(
            "the same Content-Length twice",
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        Case("an unknown transfer coding", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
        Case("two transfer codings", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        Case(
            "two Transfer-Encoding fields",
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case("the coding identity", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"),
        Case("an empty transfer coding", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"),
        Case("chunked behind white space", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked \r\n\r\n"),
        Case(
            "chunked in HTTP/1.0",
            "POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case("a bare LF behind a field", "GET /a HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        Case("a bare LF behind the last field", "GET /a HTTP/1.1\r\nHost: a\n\r\n"),
        Case("a bare LF behind the request line", "GET /a HTTP/1.1\nHost: a\r\n\r\n"),
        Case("a bare LF as the blank line", "GET /a HTTP/1.1\r\nHost: a\r\n\n"),
        Case("bare LFs only", "GET /a HTTP/1.1\nHost: a\n\n"),
        Case("a folded field", "GET /a HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"),
        Case("a field folded by a tab", "GET /a HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n"),
        Case("a fold that hides a length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n 5\r\n\r\nhello"),
        Case("a fold of the first field", "GET /a HTTP/1.1\r\nX: b\r\n c\r\nHost: a\r\n\r\n"),
        Case("a NUL in a value", "GET /a HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n"),
        Case("a NUL behind Host", "GET /a HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
        Case("a line that begins with a NUL", "GET /a HTTP/1.1\r\nHost: a\r\n\0Content-Length: 5\r\n\r\n"),
        Case("a NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a NUL in the query", "GET /a?b=\0c HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a NUL in the method", "G\0T /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("two spaces before the target", "GET  /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("white space before the colon", "GET /a HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n"),
        Case("a Content-Length before white space", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello"),
        Case("a field without a name", "GET /a HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
        Case("a bare CR in a value", "GET /a HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n"),
        Case("a control character in a value", "GET /a HTTP/1.1\r\nHost: a\r\nX: b\u{1}c\r\n\r\n"),
        Case("a host beside that of the target", "GET http://b/a HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let targets = [
        "/a%00b", "/a%", "/a%4", "/a%zz", "/%c3%28", "/%ff", "/%c0%af", "/..", "/../a", "/a/./b", "/%2e%2e/a", "/a/%2E",
        "/.%2e", "/a#b", "/a\\b", "/a%0ab", "/a%7f", "*", "a", "//user@b/..", "http://", "http://u@a/", "ftp://a/b",
        "/a?b=%00", "/a?b=%f", "/a?%ff=1", "/a|\u{7F}", "/ä",
    ].map { Case("target \($0)", "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n") }

    @Test(
        "An ambiguous or malformed head is answered 400, the connection closed, and nothing behind it read",
        arguments: heads + targets)
    func refusal(_ wrong: Case) async throws {
        let handled = Atomic(0)
        try await withServer { router in
            router.on(.get, "/{path...}") { _ in
                handled.add(1, ordering: .relaxed)
                return .text("smuggled")
            }
            router.on(.post, "/{path...}") { _ in
                handled.add(1, ordering: .relaxed)
                return .text("smuggled")
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(wrong.request + get("/next"))
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
            #expect(!answer.contains("smuggled"))
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
            #expect(handled.load(ordering: .relaxed) == 0)
        }
    }

    static let refusedByLibrary = [
        (Case("no Host", "GET /a HTTP/1.1\r\n\r\n"), "400"),
        (Case("a line without a colon", "GET /a HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"), "400"),
        (Case("a Content-Length of letters", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\n"), "400"),
        (Case("a negative Content-Length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"), "400"),
        (Case("a signed Content-Length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n"), "400"),
        (Case("a list of lengths", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n"), "400"),
        (
            Case(
                "a huge Content-Length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            "413"
        ),
        (Case("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505"),
        (Case("HTTP/0.9", "GET /a HTTP/0.9\r\n\r\n"), "505"),
        (
            Case(
                "a chunk size of letters",
                "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"), "400"
        ),
        (
            Case(
                "a huge chunk",
                "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello"), "413"
        ),
        (Case("a long target", "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n"), "414"),
        (
            Case("long fields", "GET /a HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n"),
            "431"
        ),
    ]

    @Test("What the library refuses by itself is refused and the connection closed", arguments: refusedByLibrary)
    func libraryRefusal(_ wrong: Case, status: String) async throws {
        try await withServer { router in
            router.on(.post, "/a") { _ in .text("handled") }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(wrong.request)
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) ") || answer.hasPrefix("HTTP/1.0 \(status) "), "\(answer)")
            #expect(!answer.contains("handled"))
        }
    }
}

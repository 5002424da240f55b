import Foundation
import HTTPServer
import Testing

/// The strictness of `HeadReader` rests on how the library's memory is laid out, so that proper requests of every shape
/// must be seen to pass.
@Suite struct WellFormedRequestTests {
    static let requests: [(String, String)] = [
        ("one field", "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("no field, HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n"),
        ("empty values", "GET /a HTTP/1.1\r\nHost:\r\nX:\r\nY: \r\n\r\n"),
        ("no white space", "GET /a HTTP/1.1\r\nHost:a\r\nX:b\r\n\r\n"),
        ("much white space", "GET /a HTTP/1.1\r\nHost: \t a  \r\nX:   b c \t\r\n\r\n"),
        ("an empty line before", "\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a query", "GET /a?b=c&d=e+f&g HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("an empty query", "GET /a? HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("absolute form", "GET http://a:80/a HTTP/1.1\r\nHost: A:80\r\n\r\n"),
        ("cookies", "GET /a HTTP/1.1\r\nHost: a\r\nCookie: a=b; c=\"d\"\r\nCookie: e=f\r\n\r\n"),
        ("UTF-8 in a value", "GET /a HTTP/1.1\r\nHost: a\r\nX: grün\r\n\r\n"),
        ("an IPv6 host", "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
        (
            "sixty fields",
            "GET /a HTTP/1.1\r\nHost: a\r\n" + (0..<60).map { "X-\($0): value \($0)\r\n" }.joined() + "\r\n"
        ),
        ("ten kilobytes", "GET /a HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 10_000))\r\n\r\n"),
        ("a body", "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        (
            "chunks",
            "GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: x\r\n\r\n"
        ),
    ]

    @Test("A proper request is answered, in whatever pieces it comes", arguments: requests, [0, 1, 7])
    func answered(_ request: (name: String, text: String), pieceSize: Int) async throws {
        try await withServer { router in
            router.on(.get, "/a") { request in .text("\(request.fields.count) \(request.body.count)") }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            let bytes = Array(request.text.utf8)
            try await connection.send(bytes, pieceSize: pieceSize == 0 || bytes.count > 2000 ? nil : pieceSize)
            let response = try await connection.readResponse()
            #expect(response.status == 200, "\(request.name): \(response.body)")
        }
    }

    @Test func `a connection takes request after request, whatever their length`() async throws {
        try await withServer { router in
            router.on(.get, "/{name}") { request in .text(request.segments[0]) }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            for count in [1, 3000, 10, 9000, 1, 12_000] {
                try await connection.send(get("/x\(count)", "X: \(String(repeating: "y", count: count))\r\n"))
                let answer1 = try await connection.readResponse()
                #expect(answer1.body == "x\(count)")
            }
        }
    }

    @Test func `requests sent without waiting are answered in their order`() async throws {
        try await withServer { router in
            router.on(.get, "/{name}") { request in
                await Task.yield()
                return .text("<\(request.segments[0])>")
            }
        } _: { server in
            let connection = try RawHTTPConnection(port: server.port)
            try await connection.send(get("/1") + get("/2") + get("/3", "Connection: close\r\n"))
            let all = try await connection.readToEnd()
            let first = try #require(all.range(of: "<1>"))
            let second = try #require(all.range(of: "<2>"))
            let third = try #require(all.range(of: "<3>"))
            #expect(first.upperBound < second.lowerBound && second.upperBound < third.lowerBound)
        }
    }

    @Test func `an escape is decoded once`() async throws {
        try await withServer { router in
            router.on(.get, "/{name}") { request in
                .text("\(request.segments[0])|\(request.query["q"] ?? "")|\(request.path)")
            }
        } _: { server in
            let answer2 = try await ask(server, get("/%252e%252e?q=%2541"))
            #expect(answer2.body == "%2e%2e|%41|/%252e%252e")
            let answer3 = try await ask(server, get("/a%2Fb%20%c3%a4+c?q=%c3%a4+c%2B"))
            #expect(answer3.body == "a/b ä+c|ä c+|/a%2Fb%20%c3%a4+c")
        }
    }

    @Test func `thousands of query parameters are read and not kept by the library`() async throws {
        try await withServer { router in
            router.on(.get, "/") { request in .text("\(request.query.pairs.count)") }
        } _: { server in
            let query = Array(repeating: "a=b", count: 3000).joined(separator: "&")
            let answer4 = try await ask(server, get("/?\(query)"))
            #expect(answer4.body == "3000")
        }
    }

    @Test func `the fields come in order, found without regard to case, stripped of white space`() async throws {
        try await withServer { router in
            router.on(.get, "/") { request in
                .text(request.fields.values("x-LIST").joined(separator: "|") + "|\(request.fields["host"] ?? "")")
            }
        } _: { server in
            let response = try await ask(server, get("/", "X-List: one \r\nx-list:two\r\nX-LIST: \tthree\t\r\n"))
            #expect(response.body == "one|two|three|test")
        }
    }

    @Test func `the client's address is the peer's`() async throws {
        try await withServer { router in
            router.on(.get, "/") { request in .text(request.client.host) }
        } _: { server in
            let answer5 = try await ask(server, get("/", "X-Forwarded-For: 10.0.0.1\r\n"))
            #expect(answer5.body == "127.0.0.1")
        }
    }
}

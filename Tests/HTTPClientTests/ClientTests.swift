import Foundation
import Testing

@testable import HTTPClient

@Suite("The client", .timeLimit(.minutes(1)))
struct ClientTests {
    @Test("sends what it is given and nothing of its own that would matter")
    func exactRequest() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.answer("a\u{e9}", fields: "X-Two: 1\r\nx-two:2 \r\nX-Empty:\r\n")
        }
        var request = Client.Request(.put, server.url + "/a/../b?c=%2F", body: Array("body".utf8))
        request.fields = ["X-Name": "value", "X-Empty": ""]
        request.fields.setBasicAuthorization(user: "Aladdin", password: "open sesame")
        let response = try await Client().send(request)
        #expect(response.status == 200)
        #expect(response.text == "aé")
        #expect(response.fields.values("X-TWO") == ["1", "2"])
        #expect(response.fields["x-empty"] == "")
        let received = try #require(server.received.first)
        let lines = received.head.components(separatedBy: "\r\n").sorted()
        #expect(
            lines == [
                "Accept-Encoding: deflate, gzip, br, zstd", "Accept: */*",
                "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Content-Length: 4",
                "Host: 127.0.0.1:\(server.port)",
                "PUT /a/../b?c=%2F HTTP/1.1", "User-Agent: weir", "X-Empty:", "X-Name: value",
            ])
        #expect(received.body == Array("body".utf8))
    }

    @Test("follows no redirect")
    func redirect() async throws {
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                connection.answer(status: "302 Found", fields: "Location: /elsewhere\r\n")
            }
        }
        let response = try await Client().send(Client.Request(.get, server.url))
        #expect(response.status == 302)
        #expect(response.fields["Location"] == "/elsewhere")
        #expect(server.received.count == 1)
    }

    @Test("passes over interim answers")
    func interim() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            connection.answer("final", fields: "X-Final: yes\r\n")
        }
        let response = try await Client().send(Client.Request(.get, server.url))
        #expect(response.status == 200)
        #expect(response.fields["Link"] == nil)
        #expect(response.fields["X-Final"] == "yes")
    }

    @Test("has 32 exchanges under way at once")
    func concurrent() async throws {
        let allRead = Gate(32)
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                allRead.signal()
                allRead.block()
                connection.answer(request.head.components(separatedBy: "\r\n")[0])
            }
        }
        let client = try Client()
        let url = server.url
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<32 {
                group.addTask {
                    let answer = try await client.send(Client.Request(.get, "\(url)/\(number)"))
                    return answer.text == "GET /\(number) HTTP/1.1"
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == [Bool](repeating: true, count: 32))
    }

    @Test("many exchanges one after another and beside each other all get their own answers")
    func load() async throws {
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                connection.answer(String(decoding: request.body, as: UTF8.self))
            }
        }
        let client = try Client()
        let url = server.url
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<100 {
                        let text = "\(task)/\(number)"
                        let answer = try await client.send(Client.Request(.post, url, body: Array(text.utf8)))
                        #expect(answer.text == text)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(server.received.count == 800)
        #expect(Set(server.received.map(\.connection)).count <= 8)
    }
}

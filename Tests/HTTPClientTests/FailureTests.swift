import Foundation
import Glibc
import Testing

@testable import HTTPClient

@Suite("A failed exchange tells whether the request was sent", .timeLimit(.minutes(1)))
struct FailureTests {
    private func failure(of request: Client.Request, _ configuration: Client.Configuration = .init()) async throws
        -> ClientError?
    {
        let client = try Client(configuration)
        do throws(ClientError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    private func kind(_ error: ClientError?) -> (sent: Bool, kind: TransportFailure.Kind)? {
        switch error {
        case .notSent(let failure): (false, failure.kind)
        case .outcomeUnknown(let failure): (true, failure.kind)
        case .invalidURL, .invalidRequest, .responseTooLarge, .cancelled, nil: nil
        }
    }

    @Test("nobody listens: not sent")
    func refused() async throws {
        let free = try RawServer { _ in }
        let url = free.url
        let port = free.port
        _ = consume free
        let error = try await failure(of: Client.Request(.post, Self.whenFree(port, url)))
        #expect(kind(error)?.sent == false)
        #expect(kind(error)?.kind == .connectionFailed)
        #expect(error?.mayHaveBeenSent == false)
    }

    /// Waits until nobody listens at a port any more.
    private static func whenFree(_ port: UInt16, _ url: String) -> String {
        while true {
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(probe) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if result != 0 { return url }
        }
    }

    @Test("the name stands for nothing: not sent")
    func unresolved() async throws {
        let error = try await failure(of: Client.Request(.post, "http://name.invalid/"))
        #expect(kind(error)?.sent == false)
    }

    @Test("the answer does not come within the deadline: unknown")
    func deadline() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.waitForClose()
        }
        var request = Client.Request(.post, server.url, body: [1])
        request.deadline = .milliseconds(200)
        let error = try await failure(of: request)
        #expect(kind(error)?.sent == true)
        #expect(kind(error)?.kind == .deadlinePassed)
        await server.allServed()
        #expect(server.received.count == 1)
    }

    @Test("the body stops in the middle: unknown")
    func slowBody() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            connection.waitForClose()
        }
        var request = Client.Request(.get, server.url)
        request.deadline = .milliseconds(200)
        #expect(kind(try await failure(of: request))?.kind == .deadlinePassed)
    }

    @Test(
        "the connection ends before the answer does: unknown",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
    func cutOff(sent: String) async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(sent)
        }
        let error = try await failure(of: Client.Request(.post, server.url))
        #expect(kind(error)?.sent == true)
        #expect(kind(error)?.kind == .connectionLost)
    }

    @Test(
        "the answer is not HTTP: unknown",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        ])
    func malformed(answer: String) async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(answer)
        }
        let error = try await failure(of: Client.Request(.get, server.url))
        #expect(kind(error)?.sent == true)
        #expect(kind(error)?.kind == .malformedResponse, "\(String(describing: error))")
    }

    @Test("the head of the answer never ends: cut off")
    func endlessHead() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-Filler: \(String(repeating: "x", count: 1000))\r\n") {}
        }
        let error = try await failure(of: Client.Request(.get, server.url))
        #expect(kind(error)?.kind == .malformedResponse)
        await server.allServed()
    }

    @Test("a link-local address is refused before anything is sent")
    func linkLocal() async throws {
        var configuration = Client.Configuration()
        configuration.addressPolicy = .refusingLinkLocal
        for host in ["169.254.169.254", "[fe80::1%25lo]", "[::ffff:169.254.169.254]"] {
            let error = try await failure(of: Client.Request(.get, "http://\(host)/latest/meta-data/"), configuration)
            #expect(kind(error)?.kind == .addressRefused, "\(host): \(String(describing: error))")
            #expect(kind(error)?.sent == false)
        }
    }

    @Test("what cannot be a request is refused before anything is sent")
    func invalid() async throws {
        for url in [
            "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://user:secret@127.0.0.1/", "http://",
            "http://a b/",
        ] {
            let error = try await failure(of: Client.Request(.get, url))
            guard case .invalidURL(let reason) = error else {
                Issue.record("\(url): \(String(describing: error))")
                continue
            }
            #expect(!reason.contains("secret"))
        }
        for (name, value) in [("X-A", "b\r\nX-B: c"), ("X-A", "b\u{0}"), ("X A", "b"), ("", "b"), ("X-A\r\n", "b")] {
            var request = Client.Request(.get, "http://127.0.0.1:1/")
            request.fields.add(name, value)
            guard case .invalidRequest = try await failure(of: request) else {
                Issue.record("\(name): \(value)")
                continue
            }
        }
    }
}

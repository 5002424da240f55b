import Testing

@testable import HTTPClient

@Suite("An answer is bounded", .timeLimit(.minutes(1)))
struct BoundsTests {
    @Test("one that goes on for ever is cut off at its limit")
    func endless() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while connection.write(String(repeating: "x", count: 10_000)) {}
        }
        var request = Client.Request(.get, server.url)
        request.responseLimit = 100_000
        await #expect(throws: ClientError.responseTooLarge(limit: 100_000)) {
            _ = try await Client().send(request)
        }
        await server.allServed()
    }

    @Test("one of exactly the limit is taken")
    func exact() async throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.answer(String(repeating: "x", count: 1000))
        }
        var request = Client.Request(.get, server.url)
        request.responseLimit = 1000
        #expect(try await Client().send(request).body.count == 1000)
    }

    /// A Zstandard frame (RFC 8878) of blocks that repeat one byte: 4 bytes for each 128 KiB.
    static func bomb(blocks: Int) -> [UInt8] {
        let size = 128 << 10
        return [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]
            + (1...blocks).flatMap { number -> [UInt8] in
                let header = UInt32(size) << 3 | 1 << 1 | (number == blocks ? 1 : 0)
                return [UInt8(header & 255), UInt8(header >> 8 & 255), UInt8(header >> 16 & 255), UInt8(ascii: "a")]
            }
    }

    @Test("a compressed one is bounded by what comes out of it", arguments: [(1, true), (64, false)])
    func bomb(blocks: Int, fits: Bool) async throws {
        let content = Self.bomb(blocks: blocks)
        let server = try RawServer { connection in
            connection.readRequest()
            connection.write(
                "HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: \(content.count)\r\n\r\n")
            connection.write(content)
        }
        var request = Client.Request(.get, server.url)
        request.responseLimit = 1 << 20
        let client = try Client()
        if fits {
            #expect(try await client.send(request).body == [UInt8](repeating: UInt8(ascii: "a"), count: 128 << 10))
        } else {
            await #expect(throws: ClientError.responseTooLarge(limit: 1 << 20)) { try await client.send(request) }
        }
    }

    @Test("more exchanges at once than the limit are not sent")
    func exchanges() async throws {
        let read = Gate()
        let answer = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            read.signal()
            answer.block()
            connection.answer()
        }
        var configuration = Client.Configuration()
        configuration.exchangeLimit = 1
        let client = try Client(configuration)
        async let first = client.send(Client.Request(.get, server.url))
        await read.opened()
        do {
            _ = try await client.send(Client.Request(.post, server.url))
            Issue.record("it was sent")
        } catch {
            #expect(error == .notSent(TransportFailure(kind: .tooManyExchanges, detail: "")))
        }
        answer.signal()
        #expect(try await first.status == 200)
    }
}

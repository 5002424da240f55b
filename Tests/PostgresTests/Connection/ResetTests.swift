import Postgres
import Testing

/// A server that says its last words and is gone at once.
///
/// The socket's readiness then comes together with its end, and Dispatch tells of an end only once: who reads the words
/// alone hears nothing more, and whoever waits for an answer waits for ever.
@Suite(.timeLimit(.minutes(1))) struct ResetTests {
    /// A message of the protocol (PostgreSQL documentation, “Message Formats”).
    private static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(body.count + 4).bigEndian, Array.init)
        return Array("\(type)".utf8) + length + body
    }

    private static let welcome = message("R", [0, 0, 0, 0]) + message("Z", Array("I".utf8))
    private static let farewell = message(
        "E", Array("SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0".utf8))

    @Test(arguments: [farewell, []])
    func `a connection that is reset behind the server's last words is lost at once`(words: [UInt8]) async throws {
        let listening = try ListeningSocket()
        for _ in 0..<100 {
            let configuration = PostgresConfiguration(
                uri: "postgres://weir@127.0.0.1:\(listening.port)/weir?sslmode=disable&gssencmode=disable")
            async let connecting = PostgresConnection.connect(configuration)
            let server = await listening.accept()
            await AcceptedSocket.onThread {
                server.takeSomething()
                server.send(Self.welcome)
            }
            let connection = try await connecting
            defer { connection.close() }
            let answer = Task { try await connection.query("SELECT 1") }
            await AcceptedSocket.onThread {
                server.takeSomething()
                server.send(words)
                server.reset()
            }
            await #expect(throws: PostgresError.self) { try await answer.value }
        }
    }
}

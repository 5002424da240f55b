import Foundation
import Testing

@testable import HTTPClient

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    private func failure(_ request: Client.Request) async throws -> ClientError? {
        let client = try Client()
        do throws(ClientError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("a certificate from an authority that nobody trusts: not sent")
    func unknownAuthority() async throws {
        let server = try await TLSServer()
        guard case .notSent(let failure) = try await failure(Client.Request(.post, server.url, body: [1])) else {
            Issue.record("it was sent")
            return
        }
        #expect(failure.kind == .tlsFailed)
    }

    @Test("an authority given in memory is trusted, and the name is checked")
    func givenAuthority() async throws {
        let server = try await TLSServer()
        var request = Client.Request(.get, server.url)
        request.tls.authorities = server.certificate
        #expect(try await Client().send(request).status == 200)
        request.url = server.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
        guard case .notSent = try await failure(request) else {
            Issue.record("a certificate for another name was taken")
            return
        }
    }

    @Test("verification can be turned off by those who say so")
    func unverified() async throws {
        let server = try await TLSServer()
        var request = Client.Request(.get, server.url)
        request.tls.verification = .none
        #expect(try await Client().send(request).status == 200)
        // A verified request must not ride on the unverified one's connection.
        request.tls.verification = .full
        guard case .notSent = try await failure(request) else {
            Issue.record("it was sent")
            return
        }
    }

    @Test("a client certificate is shown where the server asks for one")
    func clientCertificate() async throws {
        let server = try await TLSServer(asksForCertificate: true)
        var request = Client.Request(.get, server.url)
        request.tls.authorities = server.certificate
        #expect(try await failure(request) != nil)
        request.tls.identity = Client.TLSOptions.Identity(
            certificateChain: server.certificate, privateKey: server.privateKey)
        #expect(try await Client().send(request).status == 200)
        #expect("\(request.tls)".contains("PRIVATE KEY") == false)
    }
}

/// `openssl s_server` with a certificate for 127.0.0.1 that it signed itself.
private final class TLSServer: Sendable {
    let certificate: String
    let privateKey: String
    let url: String
    private let process: Process
    private let folder: URL

    init(asksForCertificate: Bool = false) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "TLSTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let make = Self.openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", "key.pem", "-out", "certificate.pem", "-subj", "/CN=weir test",
                "-addext", "subjectAltName=IP:127.0.0.1",
            ], in: folder)
        try make.run()
        make.waitUntilExit()
        certificate = try String(contentsOf: folder.appending(path: "certificate.pem"), encoding: .utf8)
        privateKey = try String(contentsOf: folder.appending(path: "key.pem"), encoding: .utf8)
        process = Self.openssl(
            ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", "certificate.pem", "-key", "key.pem"]
                + (asksForCertificate ? ["-Verify", "1", "-CAfile", "certificate.pem", "-verify_return_error"] : []),
            in: folder)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let port = await Self.port(from: output.fileHandleForReading)
        url = "https://127.0.0.1:\(try #require(port))"
    }

    /// Reads what the server says until it names the port that it was given.
    private static func port(from output: FileHandle) async -> Int? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var text = ""
                while true {
                    let data = output.availableData
                    text += String(decoding: data, as: UTF8.self)
                    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    if let line = lines.first(where: { $0.hasPrefix("ACCEPT ") }) {
                        return continuation.resume(returning: line.split(separator: ":").last.flatMap { Int($0) })
                    }
                    if data.isEmpty { return continuation.resume(returning: nil) }
                }
            }
        }
    }

    private static func openssl(_ arguments: [String], in folder: URL) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    deinit {
        // Threads of Dispatch block SIGTERM, and what they start inherits that.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }
}

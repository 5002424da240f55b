import Foundation
import Postgres
import TestSupport
import Testing

/// The TLS modes of libpq (PostgreSQL documentation, “SSL Support”).
@Suite struct TLSTests {
    private func isEncrypted(_ configuration: PostgresConfiguration) async throws -> Bool? {
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        let row = try await connection.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").first
        return try row?.decode("ssl")
    }

    @Test func `require encrypts, and verify-full also checks name and certificate`() async throws {
        try await DisposablePostgres.run(tls: true) { server in
            var configuration = server.configuration
            configuration.keywords["sslmode"] = "require"
            #expect(try await isEncrypted(configuration) == true)

            configuration.keywords["sslmode"] = "disable"
            #expect(try await isEncrypted(configuration) == false)

            configuration.keywords["sslmode"] = "verify-full"
            configuration.keywords["sslrootcert"] = server.certificate
            configuration.keywords["host"] = "localhost"
            configuration.keywords["hostaddr"] = "127.0.0.1"
            #expect(try await isEncrypted(configuration) == true)

            // The certificate is for another name.
            configuration.keywords["host"] = "database.example"
            let otherName = await #expect(throws: PostgresError.self) { try await isEncrypted(configuration) }
            #expect(String(describing: otherName).contains("does not match host name"))

            // The certificate was not given by this root.
            configuration.keywords["host"] = "localhost"
            configuration.keywords["sslrootcert"] = try otherRoot()
            let otherRoot = await #expect(throws: PostgresError.self) { try await isEncrypted(configuration) }
            #expect(String(describing: otherRoot).contains("certificate verify failed"))

            // And large statements pass a socket that is encrypted.
            configuration.keywords["sslrootcert"] = server.certificate
            let connection = try await PostgresConnection.connect(configuration)
            defer { connection.close() }
            let text = String(repeating: "x", count: 8 << 20)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        let row = try await connection.query("SELECT $1::text AS text", .init(text)).first
                        #expect(try row?.decode("text", as: String.self) == text)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `require is refused by a server without TLS`() async throws {
        var configuration = try TestServer.configuration()
        configuration.keywords["sslmode"] = "require"
        let error = await #expect(throws: PostgresError.self) { try await isEncrypted(configuration) }
        #expect(error?.isNotConnected == true)
        #expect(String(describing: error).contains("server does not support SSL"))
    }

    @Test func `a root certificate that is missing is named`() async throws {
        var configuration = try TestServer.configuration()
        configuration.keywords["sslmode"] = "verify-full"
        configuration.keywords["sslrootcert"] = "/nowhere/root.crt"
        let error = await #expect(throws: PostgresError.self) { try await isEncrypted(configuration) }
        #expect(error?.isNotConnected == true)
    }

    /// The file of a root certificate that has signed nothing.
    private func otherRoot() throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "weir-other-root.crt")
        try Data(Self.otherRootCertificate.utf8).write(to: file)
        return file.path
    }

    private static let otherRootCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBhDCCASugAwIBAgIUNPt000BKAJbuevMqTYaLfBuK7XswCgYIKoZIzj0EAwIw
        FzEVMBMGA1UEAwwMQW5vdGhlciByb290MCAXDTI2MTEyNzA5MTM0NloYDzIxMjYx
        MTAzMDkxMzQ2WjAXMRUwEwYDVQQDDAxBbm90aGVyIHJvb3QwWTATBgcqhkjOPQIB
        BggqhkjOPQMBBwNCAASiI1hM7YCo54aXS6j39ZFEfEtkm3Yo5OCkpzmA01iWvINA
        V/1Stp4A8lOnFjquNwBTdpzjBUWLLdJtP1T50o4ao1MwUTAdBgNVHQ4EFgQUbF6q
        yAu/t0IexcRwAuDXpw8DCH0wHwYDVR0jBBgwFoAUbF6qyAu/t0IexcRwAuDXpw8D
        CH0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBw6pmAQAqLa5D0
        7c5SyW55hs0gVDKJ4VGG7EECPqIw1gIgbZy2gx2Yi/7/ynNvapX6g6Cf+iGUVa3m
        CMxiu2F+Kr8=
        -----END CERTIFICATE-----
        """
}

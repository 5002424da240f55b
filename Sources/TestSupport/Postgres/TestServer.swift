import FoundationEssentials
package import Postgres

/// The Postgres server that tests use, named by `WEIR_TEST_POSTGRES_URL`: a role that may create databases.
package enum TestServer {
    static let variable = "WEIR_TEST_POSTGRES_URL"

    /// How the server is reached, as its administrator.
    ///
    /// - Throws: `MissingTestServer` when the environment names no server.
    package static func configuration() throws -> PostgresConfiguration {
        guard let uri = ProcessInfo.processInfo.environment[variable], !uri.isEmpty else { throw MissingTestServer() }
        return PostgresConfiguration(uri: uri)
    }

    /// Each scratch database holds one of these for as long as it lives, which bounds how many there are at a time,
    /// and so how many connections all tests together take from the server.
    static let administrators: Result<PostgresPool, any Error> = Result {
        PostgresPool(
            try configuration(),
            limits: .init(connections: 12, waiters: 10_000, timeout: .seconds(600)))
    }
}

/// There is no server to test with.
package struct MissingTestServer: Error, CustomStringConvertible {
    package var description: String {
        "\(TestServer.variable) is not set: run the tests by tools/test, which starts a Postgres of its own"
    }
}

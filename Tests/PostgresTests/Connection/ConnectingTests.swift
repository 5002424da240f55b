import Postgres
import TestSupport
import Testing

struct ConnectingTests {
    @Test func `a wrong password is refused with the server's reason, without the password`() async throws {
        var configuration = try TestServer.configuration()
        configuration.keywords["password"] = "not-the-secret-word"
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(configuration) }
        let text = "\(try #require(error))"
        #expect(text.contains("FATAL:  password authentication failed"))
        #expect(!text.contains("LOCATION"))
        #expect(error?.sqlState == "28P01" && error?.isNotConnected == true)
        #expect(!text.contains("not-the-secret-word"))
    }

    @Test func `an unknown database is refused by its name`() async throws {
        var configuration = try TestServer.configuration()
        configuration.keywords["dbname"] = "no_such_database"
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(configuration) }
        #expect(String(describing: error).contains("\"no_such_database\" does not exist"))
        #expect(error?.sqlState == "3D000")
    }

    @Test func `a session beyond a role's limit, and one without the password, are refused by their SQLSTATE`()
        async throws
    {
        try await withScratchDatabase { administrator in
            let connection = try await PostgresConnection.connect(administrator)
            defer { connection.close() }
            try await connection.makeRole("weir_test_limited", password: "only-for-tests")
            try await connection.query("ALTER ROLE weir_test_limited CONNECTION LIMIT 0")
            var configuration = administrator
            configuration.keywords["user"] = "weir_test_limited"
            configuration.keywords["password"] = "only-for-tests"
            let limited = await #expect(throws: PostgresError.self) {
                try await PostgresConnection.connect(configuration)
            }
            #expect(limited?.sqlState == "53300")
            configuration.uri = "password='' host=127.0.0.1 passfile=/dev/null/none"
            configuration.keywords["password"] = nil
            configuration.keywords["port"] = try await connection.query("SELECT inet_server_port()::text AS port")
                .first?
                .decode("port")
            let nameless = await #expect(throws: PostgresError.self) {
                try await PostgresConnection.connect(configuration)
            }
            #expect(nameless?.sqlState == "28P01", "\(String(describing: nameless))")
        }
    }

    @Test func `a killed server is noticed in mid-query, and a restarted one can be used again`() async throws {
        try await DisposablePostgres.run { server in
            let connection = try await PostgresConnection.connect(server.configuration)
            let observer = try await PostgresConnection.connect(server.configuration)
            let query = Task { try await connection.query("SELECT pg_sleep(600)") }
            try await ServerActivity(observer).waitUntilRunning("pg_sleep(600)")
            await server.kill()
            let error = await #expect(throws: PostgresError.self) { try await query.value }
            #expect(error?.isConnectionLost == true)
            try await server.start()
            let next = try await PostgresConnection.connect(server.configuration)
            #expect(try await next.query("SELECT 1 AS one").first?.decode("one", as: Int.self) == 1)
            next.close()
        }
    }
}

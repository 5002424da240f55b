import Postgres
import TestSupport
import Testing

@Suite struct BrokenConnectionTests {
    @Test(
        "Connections made in the place of broken ones hear their answers, however many break at once",
        .timeLimit(.minutes(5)))
    func replacements() async throws {
        try await withScratchDatabase { configuration in
            let administrator = try await PostgresConnection.connect(configuration)
            defer { administrator.close() }
            for _ in 0..<15 {
                let connections = try await connect(12, configuration)
                try await withThrowingTaskGroup { group in
                    for connection in connections {
                        group.addTask {
                            await #expect(throws: PostgresError.self) {
                                try await connection.query("SELECT pg_sleep(600)")
                            }
                            // At once: libpq has just closed a descriptor, whose number is free.
                            let next = try await PostgresConnection.connect(configuration)
                            defer { next.close() }
                            #expect(try await next.query("SELECT 1 AS n").first?.decode("n", as: Int.self) == 1)
                        }
                    }
                    try await eventually("all wait for their answer") {
                        try await administrator.query(
                            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%600)'"
                        ).rowCount == connections.count
                    }
                    try await administrator.query(
                        """
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                    try await group.waitForAll()
                }
            }
        }
    }

    private func connect(_ count: Int, _ configuration: PostgresConfiguration) async throws -> [PostgresConnection] {
        var connections: [PostgresConnection] = []
        for _ in 0..<count { connections.append(try await PostgresConnection.connect(configuration)) }
        return connections
    }
}

package import Postgres

/// What the server says about other connections (`pg_stat_activity`).
package struct ServerActivity {
    private let observer: PostgresConnection

    /// - Parameter observer: A connection that is not observed, of the same role or the administrator's.
    package init(_ observer: PostgresConnection) {
        self.observer = observer
    }

    /// How many connections are running a statement that contains `text`.
    package func count(running text: String) async throws -> Int {
        let row = try await observer.query(
            """
            SELECT count(*) AS count FROM pg_stat_activity
            WHERE state = 'active' AND strpos(query, $1) > 0 AND pid <> pg_backend_pid()
            """, .init(text)
        ).first
        return try row?.decode("count") ?? 0
    }

    /// Returns when a connection is running a statement that contains `text`.
    package func waitUntilRunning(_ text: String) async throws {
        try await eventually("a connection runs \(text)") { try await count(running: text) > 0 }
    }
}

package import Postgres

extension PostgresConnection {
    /// Makes a role that may log in, unless it is there: roles belong to the whole server, and tests run at the same
    /// time.
    package func makeRole(_ name: String, password: String) async throws {
        try await execute(
            script: """
                DO $$
                BEGIN
                    CREATE ROLE \(name.quotedIdentifier) LOGIN PASSWORD '\(password)';
                EXCEPTION WHEN duplicate_object OR unique_violation THEN
                    NULL;
                END $$;
                """)
    }
}

import API
import Foundation
import Postgres
import TestSupport
import Testing

/// A database that jobs of the engine postgres run on: the test's own, as a role that may do nothing else.
struct EngineDatabase {
    let settings: EngineSettings
    let password = "only-for-tests"
    private let administrator: PostgresConfiguration

    /// Makes the role, and a table `effects (n integer)` that it may write to.
    static func make(_ database: MigratedDatabase) async throws -> EngineDatabase {
        let connection = try await PostgresConnection.connect(database.administrator)
        defer { connection.close() }
        try await connection.makeRole("weir_test_engine", password: "only-for-tests")
        try await connection.execute(
            script: """
                CREATE SCHEMA engine;
                CREATE TABLE engine.effects (n integer);
                GRANT USAGE ON SCHEMA engine TO weir_test_engine;
                GRANT SELECT, INSERT ON engine.effects TO weir_test_engine;
                """)
        let row = try await connection.query("SELECT current_database()::text AS name, inet_server_port() AS port")
            .first
        let name: String = try #require(try row?.decode("name"))
        try await connection.execute(script: "ALTER DATABASE \(name.quotedIdentifier) SET search_path = engine, public")
        return EngineDatabase(
            settings: .postgres(
                PostgresAddress(
                    host: "127.0.0.1", port: try row?.decode("port"), database: name, user: "weir_test_engine",
                    tlsMode: "disable")), administrator: database.administrator)
    }

    /// How many rows have been written to `effects`.
    func effects() async throws -> Int {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        let row = try await connection.query("SELECT count(*) AS n FROM engine.effects").first
        return try #require(try row?.decode("n"))
    }
}

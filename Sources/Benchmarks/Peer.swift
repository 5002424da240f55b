import EventSourcing
import Foundation
import Postgres

/// What Weir is measured beside: pgbench inserting single rows of the same bytes into a plain table on the same server,
/// 64 clients, prepared, durable.
struct Peer {
    private let administratorURL: String
    private let script: URL

    init(administratorURL: String) async throws {
        self.administratorURL = administratorURL
        let connection = try await PostgresConnection.connect(PostgresConfiguration(uri: administratorURL))
        defer { connection.close() }
        try await connection.execute(
            script: """
                DROP TABLE IF EXISTS bench_rows;
                CREATE TABLE bench_rows (
                    id bigserial PRIMARY KEY, stream text NOT NULL, version integer NOT NULL, type text NOT NULL,
                    schema_version integer NOT NULL, recorded_at timestamptz NOT NULL, payload json NOT NULL,
                    metadata json NOT NULL, leaf_hash bytea NOT NULL);
                """)
        let durability = try await connection.query(
            "SELECT current_setting('synchronous_commit') AS s, current_setting('fsync') AS f"
        ).first
        guard try durability?.decode("s", as: String.self) == "on", try durability?.decode("f", as: String.self) == "on"
        else {
            throw NotDurable()
        }
        script = FileManager.default.temporaryDirectory.appending(path: "weir-bench-\(getpid()).sql")
        let event = SampleEvent.make()
        // A colon before a digit or letter would be a variable to pgbench.
        let payload = event.event.payload.replacing(/:(?=[0-9A-Za-z])/, with: ": ")
        try """
        \\set n random(1, 2000000000)
        INSERT INTO bench_rows (stream, version, type, schema_version, recorded_at, payload, metadata, leaf_hash)
        VALUES ('\(event.stream.category)-0192f3a4-5b6c-7d8e-9f00-' || :n, 1, '\(event.event.type)', 1, now(),
            '\(payload)', '{"actor":"user: bench","correlation":"0192f3a4-5b6c-7d8e-9f00-000000000000"}',
            '\\x\(String(repeating: "5a", count: 32))');
        """.write(to: script, atomically: true, encoding: .utf8)
    }

    /// Rows a second, over about so many seconds: pgbench's own clock needs a signal that our threads block, so it is
    /// given a number of rows instead.
    func measure(seconds: Int) throws -> Double {
        let bin = try Subprocess.output("pg_config", "--bindir")
        let output = try Subprocess.output(
            "\(bin)/pgbench", "-n", "-M", "prepared", "-c", "64", "-j", "2", "-t", "\(seconds * 300)", "-f",
            script.path,
            administratorURL)
        guard let match = output.firstMatch(of: /tps = ([0-9.]+)/), let rate = Double(match.1) else {
            throw SubprocessFailed(words: ["pgbench"])
        }
        return rate
    }
}

/// The figures would compare unequal things.
struct NotDurable: Error, CustomStringConvertible {
    let description = "synchronous_commit and fsync must be on"
}

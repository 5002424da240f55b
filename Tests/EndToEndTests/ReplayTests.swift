import API
import APIClient
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("A replay")
struct ReplayTests {
    private func replay(_ database: MigratedDatabase, _ words: String...) async throws -> WeirProgram {
        try await WeirProgram.run(["replay"] + words + ["--database-url", database.serviceURI])
    }

    @Test("of a real history finds that today's deciders decide as they did, and names the place where they would not")
    func judges() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            let connection = try await user.connection(engine.settings, password: engine.password)
            _ = try await user.client.post(
                Endpoints.checkConnection, Endpoints.checkConnection.path(connection), NoBody())
            var runs: [String] = []
            for sql in ["SELECT 1 AS n", "SELECT FORM", "SELECT pg_sleep(30)"] {
                runs.append(try await user.start(try await user.job(on: connection, sql: sql)))
            }
            _ = try await user.run(runs[2]) { $0.startedAt != nil }
            try await user.cancel(runs[2])
            for run in runs { _ = try await user.ended(run) }
            #expect(await server.stop() == 0)

            let all = try await replay(database, "--against")
            #expect(all.status == 0, "\(all.output)\(all.errors)")
            #expect(all.output.contains("all would be made again"))

            let folded = try await replay(database, "run-\(runs[0])")
            #expect(folded.status == 0, "\(folded.errors)")
            #expect(folded.output.contains("run.succeed "))
            #expect(folded.output.contains("phase:\n    ended: succeeded"))

            let json = try await replay(database, "run-\(runs[0])", "--to-version", "1", "--output", "json")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(document["version"] as? Int == 1)

            let wrong = try await recordImpossible(database, run: runs[1])
            let found = try await replay(database, "--against", "--category", "run", "--output", "json")
            #expect(found.status == 1)
            let shown = try #require(
                (try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])?["shown"]
                    as? [[String: Any]])
            #expect(shown.map { $0["first_seq"] as? Int } == [wrong])
            #expect(shown.first?["verdict"] as? String == "refused")
            #expect(try await replay(database, "--against", "run-\(runs[0])").status == 0)
        }
    }

    /// An event that no decider would have made at its place, as a mistake of an earlier program could have.
    private func recordImpossible(_ database: MigratedDatabase, run: String) async throws -> Int {
        let connection = try await PostgresConnection.connect(database.administrator)
        defer { connection.close() }
        let row = try await connection.query(
            """
            SELECT first_seq FROM append_batch(
                false, ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[NULL::bytea], ARRAY[NULL::text], ARRAY[NULL::bigint],
                ARRAY[1], ARRAY[1], ARRAY[1], ARRAY[1], ARRAY[1], ARRAY[0],
                ARRAY['run-' || $1], ARRAY[-1], ARRAY[1], ARRAY[true],
                ARRAY[1], ARRAY[1], ARRAY['run-' || $1], ARRAY['run.admitted'], ARRAY[1], ARRAY['{}'],
                ARRAY['{"actor":"user:ada","command":"run.admit"}'],
                ARRAY[]::boolean[], ARRAY[]::text[], ARRAY[]::text[], ARRAY[]::text[], ARRAY[]::text[],
                interval '1 day', 50000, (SELECT store_epoch FROM log_tip), 0)
            """, .init(run)
        ).first
        let seq: Int? = try row?.decodeOptional("first_seq")
        if let seq { return seq }
        // The stream has ended: it takes nothing more, except from who opens it by hand.
        try await connection.query("UPDATE stream_heads SET closed = false WHERE stream = 'run-' || $1", .init(run))
        return try await recordImpossible(database, run: run)
    }
}

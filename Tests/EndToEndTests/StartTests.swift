import API
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The start of a server")
struct StartTests {
    private static func logs(of database: MigratedDatabase) throws -> String {
        try FileManager.default.contentsOfDirectory(at: database.folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "log" }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    }

    @Test("waits for a database that is away, says so, and answers behind a proxy when it is there")
    func waits() async throws {
        try await DisposablePostgres.run { postgres in
            try await MigratedDatabase.run(on: postgres.configuration) { database in
                await postgres.kill()
                let server = try await WeirProcess.serve(
                    database, options: ["--public-origin", "https://weir.example"], untilReady: false)
                let session = try RawSession(server.base)
                let workspace = RawSession.Request.post(
                    "/api/v1/workspaces", #"{"name":"a"}"#,
                    fields: ["Host": "weir.example", "Origin": "https://weir.example"])
                #expect(try await session.send(.get("/healthz")).status == 200)
                #expect(try await session.send(.get("/readyz")).status == 503)
                let refused = try await session.send(workspace)
                #expect(try refused.status == 503 && refused.problem.code == "log-unavailable")

                try await postgres.start()
                try await eventually("the server is ready") {
                    try await session.send(.get("/readyz")).status == 200
                }
                #expect(try await session.send(workspace).status == 201)
                let log = try Self.logs(of: database)
                #expect(log.ranges(of: "the database cannot be reached").count == 1, "\(log)")
                // The log's own first event came before what was asked for.
                let events = try await EventFeed(server.base).read(query: "after=0") { $0.type == "workspace.created" }
                #expect(events.first?.type == "system.store_initialised")
                #expect(await server.stop() == 0)
            }
        }
    }

    @Test("tells what to do where the database has no schema")
    func tellsOfMissingSchema() async throws {
        try await MigratedDatabase.run { database in
            let connection = try await PostgresConnection.connect(database.administrator)
            try await connection.execute(script: "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.close()
            let ended = try await WeirProgram.run([
                "serve", "--database-url", database.serviceURI, "--listen", "127.0.0.1:0", "--key-file",
                database.keyFile,
            ])
            #expect(ended.status == 1)
            #expect(ended.errors.contains("has no schema of Weir's: run “weir migrate”"), "\(ended.errors)")
        }
    }
}

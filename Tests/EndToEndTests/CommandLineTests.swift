import API
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    private func weir(_ words: String..., environment: [String: String]) async throws -> WeirProgram {
        try await WeirProgram.run(words, environment: environment)
    }

    /// A program's output as the one JSON document that it is.
    private func document(_ program: WeirProgram) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [String: Any])
    }

    @Test("leads from a job to its rows, with the progress beside the results, and tells programs the same")
    func runsJobs() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            let connection = try await user.connection(engine.settings, password: engine.password)
            let environment = ["WEIR_SERVER": server.base, "WEIR_WORKSPACE": user.name]

            let made = try await weir(
                "job", "create", "numbers", "--connection", connection, "--sql",
                "SELECT n, pg_sleep(0.5) IS NULL AS slept FROM generate_series(1, 2) AS n", environment: environment)
            #expect(made.status == 0, "\(made.errors)")

            let run = try await weir(
                "run", "start", "numbers", "--wait", "--output", "json", environment: environment)
            #expect(run.status == 0, "\(run.errors)")
            let document = try document(run)
            #expect(document["status"] as? String == "succeeded")
            #expect(run.errors.contains("running  postgres transaction "), "\(run.errors)")

            let id = try #require(document["id"] as? String)
            let rows = try await weir(
                "run", "result", id, "--csv", environment: environment)
            #expect(rows.output.split(whereSeparator: \.isNewline) == ["n,slept", "1,false", "2,false"])
            let events = try await weir("run", "events", id, environment: environment)
            #expect(events.output.contains("run.dispatch_intended"))
            #expect(events.output.contains("run.succeeded"))
        }
    }

    @Test("fails with a run that fails, and tells why")
    func tellsFailures() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            let connection = try await user.connection(engine.settings, password: engine.password)
            let job = try await user.job(on: connection, sql: "SELECT 1 FORM t")
            let environment = ["WEIR_SERVER": server.base]
            let run = try await weir(
                "run", "start", job, "--wait", environment: environment)
            #expect(run.status == 1)
            #expect(run.output.contains("42601, the fault of: user"), "\(run.output)")

            let unknown = try await weir(
                "run", "show", UUID().uuidString, environment: environment)
            #expect(unknown.status == 1)
            #expect(unknown.output == "" && unknown.errors.hasPrefix("error: "), "\(unknown.errors)")
            let nameless = try await weir(
                "run", "start", "numbers", environment: environment)
            #expect(nameless.status == 64)
            #expect(nameless.errors.contains("say with --workspace which workspace it is in"), "\(nameless.errors)")
        }
    }
}

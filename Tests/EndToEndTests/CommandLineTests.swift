import API
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    /// What the program `weir` left behind.
    private struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// Its output as the one JSON document that it is.
        func document() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    /// Runs the built program, as in a shell without a terminal.
    private static func weir(
        _ words: String..., environment: [String: String], in folder: URL
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = WeirProcess.binary
        process.arguments = words
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let files = ["out", "err"].map { folder.appending(path: "\(UUID()).\($0)") }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return Outcome(status: status, output: texts[0], errors: texts[1])
    }

    @Test("leads from a job to its rows, with the progress beside the results, and tells programs the same")
    func runsJobs() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            let connection = try await user.connection(engine.settings, password: engine.password)
            let environment = ["WEIR_SERVER": server.base, "WEIR_WORKSPACE": user.name]

            let made = try await Self.weir(
                "job", "create", "numbers", "--connection", connection, "--sql",
                "SELECT n, pg_sleep(0.5) IS NULL AS slept FROM generate_series(1, 2) AS n", environment: environment,
                in: database.folder)
            #expect(made.status == 0, "\(made.errors)")

            let run = try await Self.weir(
                "run", "start", "numbers", "--wait", "--output", "json", environment: environment, in: database.folder)
            #expect(run.status == 0, "\(run.errors)")
            let document = try run.document()
            #expect(document["status"] as? String == "succeeded")
            #expect(run.errors.contains("running  postgres transaction "), "\(run.errors)")

            let id = try #require(document["id"] as? String)
            let rows = try await Self.weir(
                "run", "result", id, "--csv", environment: environment, in: database.folder)
            #expect(rows.output.split(whereSeparator: \.isNewline) == ["n,slept", "1,false", "2,false"])
            let events = try await Self.weir("run", "events", id, environment: environment, in: database.folder)
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
            let run = try await Self.weir(
                "run", "start", job, "--wait", environment: environment, in: database.folder)
            #expect(run.status == 1)
            #expect(run.output.contains("42601, the fault of: user"), "\(run.output)")

            let unknown = try await Self.weir(
                "run", "show", UUID().uuidString, environment: environment, in: database.folder)
            #expect(unknown.status == 1)
            #expect(unknown.output == "" && unknown.errors.hasPrefix("error: "), "\(unknown.errors)")
            let nameless = try await Self.weir(
                "run", "start", "numbers", environment: environment, in: database.folder)
            #expect(nameless.status == 64)
            #expect(nameless.errors.contains("say with --workspace which workspace it is in"), "\(nameless.errors)")
        }
    }
}

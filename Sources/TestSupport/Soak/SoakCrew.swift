import Foundation
import Postgres
import Synchronization

/// The processes of a soak: writers, and one `weir serve` that projects and seals.
final class SoakCrew: Sendable {
    private struct Members {
        var writers: [RunningCommand] = []
        var server: WeirProcess?
        var publicKey = ""
        /// How many processes of writers have been started: each has a name and writers' numbers of its own.
        var incarnations = 0
    }

    let database: MigratedDatabase
    private let plan: SoakRun.Plan
    private let members = Mutex(Members())

    /// Stands in `pg_stat_activity` for the connections of writers.
    private static let applicationName = "soak-writers"

    init(_ plan: SoakRun.Plan, _ database: MigratedDatabase) {
        self.plan = plan
        self.database = database
    }

    deinit { members.withLock { members in members.writers.forEach { $0.kill() } } }

    /// The program of the build whose writers are used.
    private static var program: String {
        WeirProcess.binary.deletingLastPathComponent().appending(path: "Soak").path
    }

    private var acknowledgements: URL { database.folder.appending(path: "acknowledgements") }

    /// The private key that signs checkpoints; made by `begin`.
    private var checkpointKey: String { database.folder.appending(path: "checkpoint-key").path }
    /// Where checkpoints are kept out of the log's reach.
    var witness: String { database.folder.appending(path: "witness").path }
    /// Where `weir serve` answers; nil while there is none.
    var serverBase: String? { members.withLock { $0.server?.base } }
    /// What verifies checkpoints.
    var publicKey: String { members.withLock { $0.publicKey } }

    func begin() async throws {
        let key = try await RunningCommand([WeirProcess.binary.path, "audit", "keygen", checkpointKey]).output()
        members.withLock { $0.publicKey = key }
        _ = FileManager.default.createFile(atPath: acknowledgements.path, contents: nil)
        try await replaceServer()
        for _ in 0..<plan.processes {
            let writers = try startWriters()
            members.withLock { $0.writers.append(writers) }
        }
    }

    private func startWriters() throws -> RunningCommand {
        let incarnation = members.withLock { members in
            defer { members.incarnations += 1 }
            return members.incarnations
        }
        return try RunningCommand([
            Self.program, "write", "--database-url", "\(database.serviceURI)?application_name=\(Self.applicationName)",
            "--writers", "\(plan.writersPerProcess)", "--first-writer", "\(incarnation * plan.writersPerProcess)",
            "--seed", "\(plan.seed)", "--acknowledgements", acknowledgements.path,
        ])
    }

    /// - Throws: `Anomaly` when writers have ended by themselves: the log answered what it must not.
    func checkWriters() throws {
        for writers in members.withLock({ $0.writers }) where !writers.isRunning {
            throw Anomaly("writers have ended: \(writers.outputSoFar)")
        }
    }

    func replaceWriters(_ place: Int) async throws {
        let former = members.withLock { $0.writers[place] }
        former.kill()
        try? await former.finish()
        let writers = try startWriters()
        members.withLock { $0.writers[place] = writers }
    }

    /// Kills `weir serve`, where it runs, and starts another.
    ///
    /// - Parameter waits: Whether to wait until its read models hold all of the log.
    func replaceServer(waits: Bool = false) async throws {
        await members.withLock { $0.server.take() }?.kill()
        let server = try await WeirProcess.serve(
            database,
            options: [
                "--roles", "api,projector,sealer", "--checkpoint-key-file", checkpointKey, "--witness", witness,
                "--checkpoint-interval", "500ms",
            ], untilReady: waits, within: .seconds(600))
        members.withLock { $0.server = server }
    }

    /// Cuts half of all connections to the database, whoever has them.
    func cutConnections(_ administrator: PostgresConfiguration) async throws {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        try await connection.query(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5
            """)
    }

    /// Ends the writers, and returns when the server works for none of them any more.
    func endWriters(administrator: PostgresConfiguration) async throws {
        try checkWriters()
        for writers in members.withLock({ $0.writers }) {
            writers.kill()
            try? await writers.finish()
        }
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        try await eventually("the writers' connections end") {
            try await connection.query(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = $1", .init(Self.applicationName)
            ).rowCount == 0
        }
    }

    /// Asks `weir serve` to end in good order.
    func endServer() async throws {
        guard let server = members.withLock({ $0.server.take() }) else { return }
        let status = await server.stop()
        guard status == 0 else { throw Anomaly("weir serve ended with status \(status)") }
    }

    /// Every request that was answered is in the log, where its answer said.
    func compareAcknowledgements(with seen: ReadingCheck) throws {
        let lines = try String(contentsOf: acknowledgements, encoding: .utf8).split(separator: "\n")
        guard !lines.isEmpty else { throw Anomaly("no request was answered") }
        for line in lines {
            let words = line.split(separator: " ")
            guard words.count == 3, let first = Int64(words[1]), let last = Int64(words[2]) else {
                throw Anomaly("not an acknowledgement: \(line)")
            }
            let recorded = seen.recorded[String(words[0])]
            guard recorded == ReadingCheck.Range(first: first, last: last) else {
                throw Anomaly("\(line) was answered, and recorded is \(recorded.map { "\($0)" } ?? "nothing")")
            }
        }
    }
}

import API
import ControlPlane
import Foundation
import Persistence
import Postgres
import Telemetry
import Terminal

/// What the commands about read models share: they speak to the database, since they are needed when no server runs.
struct ProjectionSession {
    static let options: [any ParameterDeclaration] = [ServeSettings.databaseURL, Session.output]

    let store: PostgresProjectionStore
    let log: PostgresEventStore
    let console: Console
    private let output: Session.Output
    private let pool: PostgresPool

    init(_ arguments: Arguments, _ console: Console) throws {
        try self.init(
            database: arguments[ServeSettings.databaseURL], console, output: arguments[Session.output])
    }

    init(database: String, _ console: Console, output: Session.Output = .table) throws {
        let configuration = PostgresConfiguration(
            uri: database, keywords: ["application_name": "weir projection"],
            settings: ["search_path": "public"])
        pool = PostgresPool(configuration)
        store = try PostgresProjectionStore(pool: pool)
        log = PostgresEventStore(configuration, pool: pool)
        self.output = output
        self.console = console
    }

    /// The read models that a command is about.
    func names(_ name: String?) async throws -> [String] {
        if let name { return [name] }
        return try await store.generations().filter(\.isLive).map(\.name)
    }

    /// Writes one document for programs, or a table for people.
    func show(_ value: some Encodable, _ table: () -> Table) throws {
        switch output {
        case .json:
            let encoder = WireFormat.encoder()
            encoder.outputFormatting.insert(.prettyPrinted)
            console.writeLine(String(decoding: try encoder.encode(value), as: UTF8.self))
        case .table: console.writeLine(table())
        }
    }

    /// Runs `work` while somebody projects: the process that does, or this one where none does.
    func whileProjecting(_ work: () async throws -> Void) async throws {
        // With a mistake in a file nobody would project, and the work would wait for ever.
        try await store.check()
        let runner = ProjectionRunner(
            events: log, projections: store, leases: PostgresLeaseStore(pool: pool),
            owner: "weir projection/\(ProcessInfo.processInfo.hostName)/\(getpid())", log: .silent)
        try await withThrowingTaskGroup { group in
            group.addTask { [log] in try await log.run() }
            group.addTask { try await runner.run() }
            try await work()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    /// How often it is looked how far the work is.
    static let interval = Duration.milliseconds(200)
}

/// What was asked for was carried out, and something is wrong with the read models: exit code 1.
struct ProjectionTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// How far work has come, and how fast.
struct WorkRate {
    private let start = ContinuousClock.now
    private let from: Int64

    init(from seq: Int64 = 0) {
        from = seq
    }

    /// Events a second since the beginning.
    func rate(at seq: Int64) -> Int64 {
        Int64(Double(seq - from) / max(0.001, (ContinuousClock.now - start) / .seconds(1)))
    }

    func text(at seq: Int64, of head: Int64) -> String {
        let percent = head == 0 ? 100 : seq * 100 / head
        return "seq \(seq) of \(head) (\(percent) %), \(rate(at: seq)) events/s"
    }
}

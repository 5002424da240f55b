import Foundation
import Persistence
import Postgres

/// A long, disturbed life of a log: writers in several processes, readers, read models and a sealer, while processes,
/// server backends and the server itself are killed.
///
/// What is disturbed when depends on how far the log has come, not on the clock, so that a slow machine sees the same.
package struct SoakRun: Sendable {
    package struct Plan: Sendable {
        /// How many events the log has at least when it ends.
        package var events: Int64 = 200_000
        package var processes = 2
        package var writersPerProcess = 8
        /// How often each disturbance comes; the server's restart comes once.
        package var disturbances = 4
        /// The same seed makes the same requests and the same order of disturbances.
        package var seed: UInt64 = 1

        package init() {}
    }

    private let plan: Plan
    private let server: DisposablePostgres
    private let database: MigratedDatabase
    private let say: @Sendable (String) -> Void

    private init(
        _ plan: Plan, _ server: DisposablePostgres, _ database: MigratedDatabase,
        _ say: @escaping @Sendable (String) -> Void
    ) {
        self.plan = plan
        self.server = server
        self.database = database
        self.say = say
    }

    /// Runs on a server of its own.
    ///
    /// - Parameter say: Is told what happens.
    /// - Throws: `Anomaly` when the log, its readers or what is made of it are not as they must be.
    package static func run(_ plan: Plan, say: @escaping @Sendable (String) -> Void = { _ in }) async throws {
        try await DisposablePostgres.run { server in
            try await MigratedDatabase.run(on: server.configuration) { database in
                try await SoakRun(plan, server, database, say).run()
            }
        }
    }

    private func run() async throws {
        let service = PostgresConfiguration(uri: database.serviceURI)
        let readers = SoakReader.Way.allCases.map { SoakReader($0, service) }
        let crew = SoakCrew(plan, database)
        try await withThrowingTaskGroup { group in
            for reader in readers { group.addTask { try await reader.run() } }
            group.addTask {
                try await crew.begin()
                try await disturb(crew, watching: readers[0])
                try await crew.endWriters(administrator: server.configuration)
                let head = try await head(service)
                try await eventually("both readers see all of the log", within: .seconds(120)) {
                    readers.allSatisfy { $0.cursor == head }
                }
                say("\(head) events; both readers have seen them")
            }
            defer { group.cancelAll() }
            // The readers end only by an anomaly.
            try await group.next()
        }
        let seen = readers.map(\.seen)
        guard seen.allSatisfy({ $0.digest == seen[0].digest }) else { throw Anomaly("the readers saw different logs") }
        try crew.compareAcknowledgements(with: seen[0])
        try await SoakVerdict(database, server.configuration, say).check(crew)
    }

    private func head(_ configuration: PostgresConfiguration) async throws -> Int64 {
        let pool = PostgresPool(configuration, limits: .init(connections: 1))
        defer { pool.close() }
        return try await pool.query("SELECT last_seq FROM log_tip").first?.decode("last_seq") ?? 0
    }

    private func disturb(_ crew: SoakCrew, watching reader: SoakReader) async throws {
        var random = SeededGenerator(seed: plan.seed)
        var disturbances: [Disturbance] = [.killWriters, .killServer, .cutConnections].flatMap {
            Array(repeating: $0, count: plan.disturbances)
        }
        disturbances.shuffle(using: &random)
        disturbances.insert(.restartPostgres, at: disturbances.count / 2)
        let step = plan.events / Int64(disturbances.count + 1)
        for (number, disturbance) in disturbances.enumerated() {
            try await reach(Int64(number + 1) * step, reader, crew)
            say("seq \(reader.cursor): \(disturbance.rawValue)")
            switch disturbance {
            case .killWriters: try await crew.replaceWriters(Int.random(in: 0..<plan.processes, using: &random))
            case .killServer: try await crew.replaceServer()
            case .cutConnections: try await crew.cutConnections(server.configuration)
            case .restartPostgres:
                await server.kill()
                try await server.start()
            }
        }
        try await reach(plan.events, reader, crew)
    }

    private func reach(_ seq: Int64, _ reader: SoakReader, _ crew: SoakCrew) async throws {
        try await eventually("the log comes to \(seq)", within: .seconds(600)) {
            try crew.checkWriters()
            return reader.cursor >= seq
        }
    }
}

/// What befalls a soak.
private enum Disturbance: String {
    case killWriters = "writers are killed and replaced"
    case killServer = "weir serve is killed and replaced"
    case cutConnections = "half of all connections are cut"
    case restartPostgres = "Postgres is killed and started again"
}

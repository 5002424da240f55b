import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Postgres
import Telemetry
import Terminal

enum ProjectionCommand {
    static let command = Command(
        "projection", summary: "read models, and how far they have come", subcommands: [list, rebuild])

    private static let name = Positional(
        optional: "name", .text, summary: "which one; all when left out")

    private static let list = Command(
        "list", summary: "list the read models", parameters: [ServeSettings.databaseURL]
    ) { arguments, console in
        let pool = PostgresPool(PostgresConfiguration(uri: arguments[ServeSettings.databaseURL]))
        let store = try PostgresProjectionStore(pool: pool)
        let generations = try await store.generations()
        console.writeLine(
            Table(
                [
                    "NAME", .init("VERSION", alignment: .right), .init("GENERATION", alignment: .right),
                    .init("SEQ", alignment: .right), "READERS",
                ],
                rows: generations.map {
                    [
                        $0.name, "\($0.version)", "\($0.generation)", "\($0.cursor)",
                        $0.isLive ? "see it" : "wait for it",
                    ]
                }))
    }

    private static let rebuild = Command(
        "rebuild", summary: "make a read model anew from the log, beside the one that readers see, and switch",
        discussion: "Done by the process that projects; by this one when none does.",
        parameters: [name, ServeSettings.databaseURL]
    ) { arguments, console in
        let configuration = PostgresConfiguration(uri: arguments[ServeSettings.databaseURL])
        let pool = PostgresPool(configuration)
        let store = try PostgresProjectionStore(pool: pool)
        let live = try await store.generations().filter(\.isLive).map(\.name)
        let names = arguments[name].map { [$0] } ?? live
        let log = PostgresEventStore(configuration, pool: pool)
        let runner = ProjectionRunner(
            events: log, projections: store, leases: PostgresLeaseStore(pool: pool),
            owner: "weir projection rebuild/\(getpid())", log: .silent)
        try await withThrowingTaskGroup { group in
            group.addTask { try await log.run() }
            group.addTask { try await runner.run() }
            for name in names { try await wait(for: try await store.beginRebuild(name), store, log, console) }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    private static func wait(
        for building: ProjectionGeneration, _ store: PostgresProjectionStore, _ log: PostgresEventStore,
        _ console: Console
    ) async throws {
        let line = ProgressLine(console)
        let start = ContinuousClock.now
        while true {
            let now = try await store.generations().first {
                $0.name == building.name && $0.generation == building.generation
            }
            guard let now else { throw UsageError("another rebuild of \(building.name) has taken its place") }
            let seconds = max(0.001, (ContinuousClock.now - start) / .seconds(1))
            if now.isLive {
                line.end()
                let rate = Int(Double(now.cursor) / seconds)
                return console.writeLine("\(now.name): made anew through seq \(now.cursor), \(rate) events/s")
            }
            line.show("\(now.name): seq \(now.cursor) of \(try await log.head())")
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Postgres
import Terminal
import TestSupport

/// Read models made anew from a realistic log: one alone, all of them side by side, and what time travel costs.
enum RebuildBenchmark {
    private static let events = Option(
        "events", .integer(in: 1_000...1_000_000_000), default: 1_000_000, placeholder: "COUNT",
        summary: "how many events the log holds")
    private static let model = Option(
        "model", .text, default: "run_summary", placeholder: "NAME", summary: "the one that is rebuilt alone")

    static let command = Command(
        "rebuild", summary: "read models made anew from the log",
        parameters: [Report.serviceURL, Report.rounds, Report.output, events, model]
    ) { arguments, console in
        let bench = try RebuildBench(serviceURL: arguments[Report.serviceURL], console)
        defer { bench.close() }
        try await bench.fill(arguments[events])
        var report = Report("rebuild", rounds: arguments[Report.rounds])
        for _ in 0..<arguments[Report.rounds] {
            let count = Double(try await bench.events.head())
            var (with, without) = (0.0, 0.0)
            for name in try await bench.names() {
                let seconds = try await bench.seconds { try await bench.build([name], timeTravel: false) }
                without += seconds
                report.add("\(name)_seconds_without_time_travel", seconds, digits: 2)
                if name == arguments[model] { report.add("events_per_s_one_model", count / seconds) }
            }
            for name in try await bench.names() {
                let seconds = try await bench.seconds { try await bench.build([name], timeTravel: true) }
                with += seconds
                report.add("\(name)_seconds", seconds, digits: 2)
            }
            report.add("time_travel_cost", with / without, digits: 2)
            // As `weir serve` does it: two at a time, with time travel, as they are shipped.
            let all = try await bench.seconds { try await bench.build(bench.names(), timeTravel: true) }
            report.add("all_models_seconds", all, digits: 2)
        }
        try report.write(arguments[Report.output], to: console)
    }
}

/// A log with read models in it, under the projector's lease.
private struct RebuildBench {
    let events: PostgresEventStore
    private let pool: PostgresPool
    private let configuration: PostgresConfiguration
    private let console: Console

    init(serviceURL: String, _ console: Console) throws {
        configuration = PostgresConfiguration(uri: serviceURL)
        pool = PostgresPool(configuration)
        events = PostgresEventStore(configuration, pool: pool)
        self.console = console
    }

    func close() {
        events.close()
        pool.close()
    }

    private func fence() async throws -> LeaseFence {
        let leases = PostgresLeaseStore(pool: pool)
        guard let fence = try await leases.acquire("projector", owner: "bench", duration: .seconds(3_600)) else {
            throw NotAppended()
        }
        return fence
    }

    /// Appends what is missing, and has the live read models take it in.
    func fill(_ count: Int) async throws {
        let line = ProgressLine(console)
        let missing = count - Int(try await events.head())
        if missing > 0 {
            line.show("appending \(missing) events")
            try await SampleHistory.append(missing, to: events, seed: UInt64(Date().timeIntervalSince1970))
        }
        let (store, fence) = (try PostgresProjectionStore(pool: pool, timeTravel: true), try await fence())
        try await store.install(fence: fence)
        while true {
            let step = try await store.advance(limit: 5_000, except: [], fence: fence)
            line.show("taking in: seq \(step.reached.values.min() ?? 0) of \(step.head)")
            if !step.isBehind { break }
        }
        try await pool.query("VACUUM ANALYZE")
        line.end()
    }

    func names() async throws -> [String] {
        try await PostgresProjectionStore(pool: pool).generations().filter(\.isLive).map(\.name)
    }

    func seconds(_ work: () async throws -> Void) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await work()
        return (clock.now - start) / .seconds(1)
    }

    /// Builds generations as the projector does, two at a time, until each could be switched to; then drops them.
    func build(_ names: [String], timeTravel: Bool) async throws {
        let (store, fence) = (try PostgresProjectionStore(pool: pool, timeTravel: timeTravel), try await fence())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, name) in names.enumerated() {
                if index >= 2 { try await group.next() }
                group.addTask {
                    let generation = try await store.beginRebuild(name)
                    while try await !store.build(generation, limit: ProjectionBuilder.step, fence: fence) {}
                }
            }
            try await group.waitForAll()
        }
        try await pool.query(
            "UPDATE projection_versions SET state = 'retired', retired_at = '-infinity' WHERE state = 'building'")
        try await store.dropRetired(fence: fence)
    }
}

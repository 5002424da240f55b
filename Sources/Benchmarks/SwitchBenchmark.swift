import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Terminal
import TestSupport

/// All read models made anew and switched to while commands go on and readers read: a reader that sees an error or a
/// step back ends the benchmark.
enum SwitchBenchmark {
    private static let events = Option(
        "events", .integer(in: 1_000...1_000_000_000), default: 200_000, placeholder: "COUNT",
        summary: "how many events the log holds at first")
    private static let rate = Option(
        "rate", .integer(in: 1...100_000), default: 2_000, placeholder: "COUNT", summary: "how many commands a second")
    private static let clients = 128

    static let command = Command(
        "switch", summary: "a rebuild of all read models while commands go on",
        parameters: [Report.serviceURL, Report.rounds, Report.output, events, rate]
    ) { arguments, console in
        var report = Report("switch", rounds: arguments[Report.rounds])
        try await ServedLog.run(serviceURL: arguments[Report.serviceURL]) { log in
            let load = SampleLoad(
                store: log.store, readModels: log.readModels, clients: clients, lookingClients: 8,
                seed: UInt64(Date().timeIntervalSince1970 * 1_000) & 0xFFFF_FFFF)
            try await SampleHistory.append(arguments[events], to: log.store, seed: 1)
            _ = try await log.readModels.wait(for: log.store.head(), timeout: .seconds(600))
            for _ in 0..<arguments[Report.rounds] {
                let seen = try await rebuild(log, beside: load, at: Double(arguments[rate]))
                report.add("rebuild_seconds", seen.seconds, digits: 1)
                report.add("commands_per_s", seen.commands)
                report.add("lag_p99_ms", seen.lag, digits: 1)
                report.add("reads", Double(seen.reads))
            }
        }
        try report.write(arguments[Report.output], to: console)
    }

    private struct Outcome {
        var seconds = 0.0
        var commands = 0.0
        var lag = 0.0
        var reads = 0
    }

    private static func rebuild(
        _ log: ServedLog, beside load: SampleLoad, at rate: Double
    ) async throws -> Outcome {
        let ending = ReadModelWatch.Ending()
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            for way in ReadModelWatch.Way.allCases {
                let watch = ReadModelWatch(log.readModels, pause: .milliseconds(10))
                group.addTask { Outcome(reads: try await watch.follow(way, until: ending)) }
            }
            group.addTask {
                let seen = try await load.run(rate: rate) { !ending.hasCome }
                return Outcome(commands: seen.commands, lag: seen.percentile(0.99))
            }
            group.addTask {
                var begun: [ProjectionGeneration] = []
                for name in try await log.projections.generations().filter(\.isLive).map(\.name) {
                    begun.append(try await log.projections.beginRebuild(name))
                }
                try await eventually("readers see the rebuilds", within: .seconds(3_600)) { [begun] in
                    let live = try await log.projections.generations().filter(\.isLive)
                    return begun.allSatisfy { new in
                        live.contains { $0.name == new.name && $0.generation == new.generation }
                    }
                }
                ending.come()
                return Outcome(seconds: (ContinuousClock.now - start) / .seconds(1))
            }
            return try await group.reduce(into: Outcome()) { all, part in
                all.seconds += part.seconds
                all.commands += part.commands
                all.lag += part.lag
                all.reads += part.reads
            }
        }
    }
}

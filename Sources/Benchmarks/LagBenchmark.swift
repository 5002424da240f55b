import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Terminal
import TestSupport

/// From the answer to an append until the read models show it, at half of what 64 clients append at most while the read
/// models are kept up, measured in the same run.
enum LagBenchmark {
    private static let clients = 64

    static let command = Command(
        "lag", summary: "from append to visible at half of full load",
        parameters: [Report.serviceURL, Report.rounds, Report.seconds, Report.output]
    ) { arguments, console in
        let seconds = arguments[Report.seconds]
        var report = Report("lag", rounds: arguments[Report.rounds])
        try await ServedLog.run(serviceURL: arguments[Report.serviceURL]) { log in
            let load = SampleLoad(
                store: log.store, readModels: log.readModels, clients: clients, lookingClients: 8,
                seed: UInt64(Date().timeIntervalSince1970 * 1_000) & 0xFFFF_FFFF)
            _ = try await load.run(seconds: 1, rate: nil)
            for _ in 0..<arguments[Report.rounds] {
                let full = try await load.run(seconds: seconds, rate: nil)
                report.add("full_load_events_per_s", full.rate)
                let half = try await load.run(seconds: seconds, rate: full.commands / 2)
                report.add("half_load_events_per_s", half.rate)
                report.add("p50_ms", half.percentile(0.50), digits: 1)
                report.add("p99_ms", half.percentile(0.99), digits: 1)
                report.add("max_ms", half.percentile(1), digits: 1)
            }
        }
        try report.write(arguments[Report.output], to: console)
    }
}

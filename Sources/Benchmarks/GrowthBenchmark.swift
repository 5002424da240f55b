import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Terminal
import TestSupport

/// Whether the log's age is felt: appends and lag of the last part of a growing log beside those of the first.
enum GrowthBenchmark {
    private static let events = Option(
        "events", .integer(in: 20_000...1_000_000_000), default: 10_000_000, placeholder: "COUNT",
        summary: "how many events the log holds in the end")
    private static let parts = Option(
        "parts", .integer(in: 2...1_000), default: 10, placeholder: "COUNT", summary: "in how many parts it grows")

    /// How many clients' load the lag is measured under, and at how many commands a second: far below what any machine
    /// can do, so that it is the log's age that is measured and not the machine's limit.
    private static let (clients, rate) = (64, 1_000.0)

    static let command = Command(
        "growth", summary: "appends and lag while the log grows",
        discussion: "The read models are kept up meanwhile, and have taken in each part before the next begins.",
        parameters: [Report.serviceURL, Report.seconds, Report.output, events, parts]
    ) { arguments, console in
        var report = Report("growth", rounds: arguments[parts])
        try await ServedLog.run(serviceURL: arguments[Report.serviceURL]) { log in
            let growth = Growth(
                store: log.store, readModels: log.readModels, seconds: arguments[Report.seconds], console)
            for part in 0..<arguments[parts] {
                let seen = try await growth.grow(by: arguments[events] / arguments[parts], part: part)
                report.add("append_events_per_s", seen.rate)
                report.add("lag_p50_ms", seen.lag, digits: 1)
            }
        }
        report.addLastToFirst("append_ratio", of: "append_events_per_s")
        report.addLastToFirst("lag_ratio", of: "lag_p50_ms")
        try report.write(arguments[Report.output], to: console)
    }

    private struct Growth {
        let store: PostgresEventStore
        let readModels: PostgresReadModels
        let seconds: Int
        let console: Console

        init(store: PostgresEventStore, readModels: PostgresReadModels, seconds: Int, _ console: Console) {
            self.store = store
            self.readModels = readModels
            self.seconds = seconds
            self.console = console
        }

        /// Events a second while the part is appended, and the median lag afterwards in milliseconds.
        func grow(by count: Int, part: Int) async throws -> (rate: Double, lag: Double) {
            let line = ProgressLine(console)
            defer { line.end() }
            line.show("part \(part + 1): \(count) events")
            let start = ContinuousClock.now
            // Ids rise with time, as those of a living system do.
            let begins = SampleHistory.Shape().begins + TimeInterval(part) * 30 * 86_400
            try await SampleHistory.append(count, to: store, seed: UInt64(part + 1), begins: begins)
            let rate = Double(count) / ((ContinuousClock.now - start) / .seconds(1))
            line.show("part \(part + 1): the read models take them in")
            let head = try await store.head()
            guard try await readModels.wait(for: head, timeout: .seconds(600)) else { throw NotVisible(seq: head) }
            let load = SampleLoad(
                store: store, readModels: readModels, clients: GrowthBenchmark.clients, begins: begins + 29 * 86_400,
                seed: UInt64(1_000 + part))
            let lag = try await load.run(seconds: seconds, rate: GrowthBenchmark.rate).percentile(0.5)
            line.show("part \(part + 1): \(Int(rate)) events/s, lag \(Int(lag.rounded())) ms")
            return (rate, lag)
        }
    }
}

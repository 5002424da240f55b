import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Postgres
import Synchronization
import Terminal

/// Events a second of the appender, with 64 and with 512 tasks that each wait for their own.
enum AppendBenchmark {
    static let command = Command(
        "append", summary: "events a second of the appender beside pgbench's single rows",
        parameters: [Report.serviceURL, Report.ownerURL, Report.rounds, Report.seconds, Report.output]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        let seconds = arguments[Report.seconds]
        let peer = try await Peer(administratorURL: arguments[Report.ownerURL])
        let configuration = PostgresConfiguration(uri: arguments[Report.serviceURL])
        let pool = PostgresPool(configuration)
        let store = PostgresEventStore(configuration, pool: pool)
        _ = try await measure(store, clients: 64, seconds: 1)
        var report = Report("append", rounds: rounds)
        for _ in 0..<rounds {
            report.add("pgbench_rows_per_s", try peer.measure(seconds: seconds))
            report.add("events_per_s_64", try await measure(store, clients: 64, seconds: seconds))
            report.add("events_per_s_512", try await measure(store, clients: 512, seconds: seconds))
        }
        report.addRatio("ratio_64", of: "events_per_s_64", to: "pgbench_rows_per_s")
        report.addRatio("ratio_512", of: "events_per_s_512", to: "pgbench_rows_per_s")
        try report.write(arguments[Report.output], to: console)
        store.close()
        pool.close()
    }

    private static func measure(_ store: PostgresEventStore, clients: Int, seconds: Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<clients {
                group.addTask { try await append(to: store, as: client, until: end) }
            }
            return try await group.reduce(0, +)
        }
        return Double(counts) / ((clock.now - start) / .seconds(1))
    }

    /// How many events one client appended, each after the one before was answered.
    private static func append(to store: PostgresEventStore, as client: Int, until end: ContinuousClock.Instant)
        async throws -> Int
    {
        var count = 0
        while ContinuousClock.now < end {
            let sample = SampleEvent.make()
            let request = AppendRequest(
                writes: [StreamWrite(stream: sample.stream, expected: .exactly(0), events: [sample.event])],
                idempotency: IdempotencyKey(
                    scope: "bench", key: sample.stream.id, fingerprint: Array(sample.stream.id.utf8.prefix(32))),
                metadata: EventMetadata(actor: "user:bench", correlation: sample.stream.id))
            guard case .appended = try await store.append(request) else { throw NotAppended() }
            count += 1
        }
        return count
    }
}

/// An append of the benchmark was refused.
struct NotAppended: Error {}

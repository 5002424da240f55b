import ControlPlane
import EventSourcing
import Foundation
import Persistence
import Postgres
import Terminal

/// Events a second of the appender, and of a reader that catches up, beside pgbench and another event store.
enum AppendBenchmark {
    private static let peerPython = Option(
        "peer-python", .path, summary: "a Python that has the event store “eventsourcing”; not measured when left out")

    /// How many clients each wait for an event of their own, which makes batches of about as many.
    private static let batches = [1, 10, 100, 500]

    static let command = Command(
        "append", summary: "events a second of the appender beside pgbench's single rows",
        parameters: [Report.serviceURL, Report.ownerURL, peerPython, Report.rounds, Report.seconds, Report.output]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        let seconds = arguments[Report.seconds]
        let peer = try await Peer(administratorURL: arguments[Report.ownerURL])
        let eventStore = arguments[peerPython].map {
            EventStorePeer(python: $0, administratorURL: arguments[Report.ownerURL])
        }
        let configuration = PostgresConfiguration(uri: arguments[Report.serviceURL])
        let pool = PostgresPool(configuration)
        let store = PostgresEventStore(configuration, pool: pool)
        _ = try await measure(store, clients: 64, seconds: 1)
        var report = Report("append", rounds: rounds)
        for _ in 0..<rounds {
            report.add("pgbench_rows_per_s", try peer.measure(seconds: seconds))
            report.add("events_per_s_64", try await measure(store, clients: 64, seconds: seconds))
            report.add("events_per_s_512", try await measure(store, clients: 512, seconds: seconds))
            for size in batches {
                report.add("batch_\(size)", try await measure(store, clients: size, seconds: seconds))
            }
            report.add("catch_up_events_per_s", try await catchUp(store, seconds: seconds))
            if let eventStore { try add(try eventStore.measure(sizes: batches, seconds: seconds), to: &report) }
        }
        report.addRatio("ratio_64", of: "events_per_s_64", to: "pgbench_rows_per_s")
        report.addRatio("ratio_512", of: "events_per_s_512", to: "pgbench_rows_per_s")
        try report.write(arguments[Report.output], to: console)
        store.close()
        pool.close()
    }

    /// The peer's figure is that of the size of call that suits it best; all are shown.
    private static func add(_ seen: EventStorePeer.Figures, to report: inout Report) throws {
        report.add("eventsourcing_events_per_s", seen.insert.values.max() ?? 0)
        for size in batches {
            if let rate = seen.insert["\(size)"] { report.add("eventsourcing_batch_\(size)", rate) }
        }
        report.add("eventsourcing_catch_up_events_per_s", seen.read)
    }

    private static func measure(_ store: PostgresEventStore, clients: Int, seconds: Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<clients { group.addTask { try await append(to: store, until: end) } }
            return try await group.reduce(0, +)
        }
        return Double(counts) / ((clock.now - start) / .seconds(1))
    }

    /// How many events one client appended, each after the one before was answered.
    private static func append(to store: PostgresEventStore, until end: ContinuousClock.Instant) async throws -> Int {
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

    /// Events a second of one reader that reads the log from its beginning, and again when it has come to the end.
    private static func catchUp(_ store: PostgresEventStore, seconds: Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        var cursor: Int64 = 0
        while clock.now < start + .seconds(seconds) {
            let page = try await store.readAll(after: cursor, limit: PostgresEventStore.maximumPage)
            count += page.count
            cursor = page.last?.seq ?? 0
        }
        return Double(count) / ((clock.now - start) / .seconds(1))
    }
}

/// An append of the benchmark was refused.
struct NotAppended: Error {}

/// The read models have not come so far in the time that they had.
struct NotVisible: Error {
    let seq: Int64
}

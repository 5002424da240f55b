import ControlPlane
import Domain
import EventSourcing
import Foundation
import Postgres
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Persistence

/// The runner beside commands, failures and other owners.
struct ProjectionRunnerTests {
    private static let patience = Duration.seconds(60)

    private func runner(
        _ log: ProjectedLog, _ store: PostgresProjectionStore, owner: String = "a", entries: Log = .silent
    ) -> ProjectionRunner {
        ProjectionRunner(events: log.events, projections: store, leases: log.leases, owner: owner, log: entries)
    }

    private func whileRunning(_ runners: [ProjectionRunner], _ work: () async throws -> Void) async throws {
        let tasks = runners.map { runner in Task { try await runner.run() } }
        defer { tasks.forEach { $0.cancel() } }
        try await work()
    }

    @Test func `Whoever waits for the seq of a command reads what it did, with many at a time`() async throws {
        try await ProjectedLog.run { log in
            try await whileRunning([runner(log, try log.store())]) {
                try await withThrowingTaskGroup { group in
                    for writer in 0..<8 {
                        group.addTask {
                            for number in 0..<10 {
                                let id = WorkspaceID(UUID.version7(at: Date()))
                                let done = try await log.transactor.transact(
                                    WorkspaceDecider.self, .create(name: "w\(writer)-\(number)", description: ""),
                                    on: "\(id)", context: ProjectedLog.context)
                                let seq = try #require(done.receipt).lastSeq
                                #expect(try await log.readModels.wait(for: seq, timeout: Self.patience))
                                #expect(try await log.readModels.workspace(id)?.name == "w\(writer)-\(number)")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `A rebuild is taken up, switched, and noted in the log`() async throws {
        try await ProjectedLog.run { log in
            let store = try log.store()
            try await whileRunning([runner(log, store)]) {
                _ = try await SampleJob("1", on: log)
                #expect(try await log.readModels.wait(for: log.events.head(), timeout: Self.patience))
                let begun = try await store.beginRebuild("job")
                let stream = StreamName(category: SystemCodec.category, id: "weir")
                var noted: [EventEnvelope] = []
                var seen: Int64 = 0
                while noted.isEmpty {
                    try await log.events.waitForEvents(after: seen, timeout: Self.patience)
                    seen = try await log.events.head()
                    noted = try await log.events.readStream(stream, after: 0, limit: 10)
                }
                let rebuilt = try #require(noted.first.flatMap { try SystemCodec.decode($0.event).rebuild })
                #expect((rebuilt.projection, rebuilt.version) == ("job", 3))
                #expect(rebuilt.throughSeq >= 4)
                #expect(
                    try await store.generations().filter { $0.name == "job" && $0.isLive }.map(\.generation)
                        == [begun.generation])
            }
        }
    }

    @Test func `A runner whose lease has another owner projects nothing more until it has it again`() async throws {
        try await ProjectedLog.run { log in
            let stops = AsyncStream.makeStream(of: String.self)
            let entries = Log(level: .warning) { stops.continuation.yield($0.message) }
            let store = try log.store()
            try await whileRunning([runner(log, store, entries: entries)]) {
                _ = try await SampleJob("1", on: log)
                #expect(try await log.readModels.wait(for: log.events.head(), timeout: Self.patience))
                try await setLease(log, "owner = 'b', epoch = epoch + 1, expires_at = 'infinity'")
                _ = try await SampleJob("2", on: log)
                var messages = stops.stream.makeAsyncIterator()
                #expect(await messages.next() != nil)
                #expect(try await store.generations().allSatisfy { $0.cursor < 8 })
                try await setLease(log, "expires_at = '-infinity'")
                #expect(try await log.readModels.wait(for: log.events.head(), timeout: Self.patience))
            }
        }
    }

    private func setLease(_ log: ProjectedLog, _ change: String) async throws {
        let connection = try await PostgresConnection.connect(log.administrator)
        defer { connection.close() }
        try await connection.execute(script: "UPDATE leases SET \(change) WHERE name = 'projector'")
    }

    @Test func `A projection that fails does not hold up the others`() async throws {
        try await ProjectedLog.run { log in
            // What the server refuses is not the event's fault.
            let failing = try ProjectionDefinition.tally(
                version: 1, statement: "INSERT INTO tally (id) SELECT pg_read_file('x')::uuid;")
            let store = try log.store([failing] + ProjectionDefinition.embedded())
            try await whileRunning([runner(log, store)]) {
                let sample = try await SampleJob("1", on: log)
                try await eventually("the first is seen") { await isSeen(sample, log) }
                let second = try await SampleJob("2", on: log)
                try await eventually("the second is seen") { await isSeen(second, log) }
                let generations = try await store.generations()
                #expect(generations.first { $0.name == "tally" }?.cursor == 0)
            }
        }
    }

    private func isSeen(_ sample: SampleJob, _ log: ProjectedLog) async -> Bool {
        // Until the projections are installed there is nothing to read.
        let view = try? await log.readModels.workspace(sample.workspace)
        return view?.name == sample.workspaceName
    }

    @Test func `A text with the character U+0000, which Postgres cannot hold, stops no projection`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            let sample = try await SampleJob("1", on: log)
            let run = try await sample.requestRun(on: log)
            try await sample.step(.requestCancel(reason: "a\u{0}b \\u0000 \\\\\u{0}"), run, on: log)
            try await log.catchUp(store, fence)
            let view = try #require(try await log.readModels.run(run))
            #expect(view.cancelReason == "a\u{FFFD}b \\u0000 \\\\\u{FFFD}")
        }
    }
}

extension SystemEvent {
    fileprivate var rebuild: ProjectionRebuilt? {
        switch self {
        case .projectionRebuilt(let rebuilt): rebuilt
        case .storeInitialised, .storeRestored, .leaseAcquired, .projectionSwitched, .eventParked, .parkedRetried: nil
        }
    }
}

import ControlPlane
import Domain
import EventSourcing
import Postgres
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Persistence

/// All read models are made anew while commands go on and readers read.
struct RebuildUnderLoadTests {
    /// Whether the work that others go on beside is over.
    private final class Ending: Sendable {
        private let isOver = Mutex(false)

        var hasCome: Bool { isOver.withLock { $0 } }
        func come() { isOver.withLock { $0 = true } }
    }

    @Test func `A rebuild of all projections while commands go on: no reader sees an error or a step back`()
        async throws
    {
        try await ProjectedLog.run { log in
            let names = ["workspace", "connection", "job", "run_summary"]
            let runner = ProjectionRunner(
                events: log.events, projections: try log.store(), leases: log.leases, owner: "a", log: .silent)
            let running = Task { try await runner.run() }
            defer { running.cancel() }
            try await SampleHistory.append(2_000, to: log.events, writers: 1)
            #expect(try await log.readModels.wait(for: log.events.head(), timeout: .seconds(60)))
            let ending = Ending()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    var history = SampleHistory(seed: 2, writer: 1)
                    while !ending.hasCome, let request = history.next() { _ = try await log.events.append(request) }
                }
                for reader in 0..<3 { group.addTask { try await read(log, reader, until: ending) } }
                let store = try log.store()
                for _ in 0..<2 {
                    var begun: [ProjectionGeneration] = []
                    for name in names { begun.append(try await store.beginRebuild(name)) }
                    try await eventually("readers see the rebuilds") { [begun] in
                        let live = (try? await store.generations().filter(\.isLive)) ?? []
                        return begun.allSatisfy { new in
                            live.contains { $0.name == new.name && $0.generation == new.generation }
                        }
                    }
                }
                ending.come()
                try await group.waitForAll()
            }
            #expect(try await log.readModels.wait(for: log.events.head(), timeout: .seconds(60)))
            for name in names {
                let found = try await log.store().verify(name, comparingContent: true) { _ in }
                #expect(found.isSound, "\(found)")
            }
        }
    }

    /// Reads what only grows, and finds it never smaller than before.
    private func read(_ log: ProjectedLog, _ reader: Int, until ending: Ending) async throws {
        var (versions, runs, through): (Int, String, Int64) = (0, "", 0)
        while !ending.hasCome {
            switch reader {
            case 0:
                let page = try await log.readModels.workspaces(named: nil, page: PageRequest(limit: 200))
                let sum = page.items.reduce(0) { $0 + $1.version }
                #expect(sum >= versions)
                versions = sum
            case 1:
                let newest = try await log.readModels.runs(matching: .init(), page: PageRequest(limit: 5)).items.first
                #expect("\(newest?.id.description ?? "")" >= runs)
                runs = newest?.id.description ?? ""
            default:
                let open = try #require(try await log.readModels.openRuns(after: nil, limit: 1_000))
                #expect(open.throughSeq >= through)
                through = open.throughSeq
                // As many as the cursor that came with them says.
                let past = try await log.readModels.asOf(through).runs(
                    matching: .init(status: "running"), page: PageRequest(limit: 200))
                let isSubset = Set(past.items.map(\.id)).isSubset(of: open.runs)
                #expect(isSubset)
            }
        }
    }
}

import ControlPlane
import Domain
import EventSourcing
import Postgres
import Telemetry
import TestSupport
import Testing

@testable import Persistence

/// All read models are made anew while commands go on and readers read.
struct RebuildUnderLoadTests {
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
            let ending = ReadModelWatch.Ending()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    var history = SampleHistory(seed: 2, writer: 1)
                    while !ending.hasCome, let request = history.next() { _ = try await log.events.append(request) }
                }
                for way in ReadModelWatch.Way.allCases {
                    group.addTask { try await ReadModelWatch(log.readModels).follow(way, until: ending) }
                }
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
}

import ControlPlane
import EventSourcing
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// That a read model has taken in every event can be shown.
struct CompletenessTests {
    @Test func `The digest of what was taken in does not depend on the steps`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            try await SampleHistory.append(1_000, to: log.events, writers: 1)
            while try await store.advance(limit: 1_000, except: [], fence: fence).isBehind {}
            for step in [1, 31, 32, 33, 129] as [Int64] {
                let generation = try await store.beginRebuild("workspace")
                var taken: Int64 = 0
                while taken < 300 {
                    _ = try await store.build(generation, limit: step, fence: fence)
                    taken += step
                }
                while try await !store.build(generation, limit: 5_000, fence: fence) {}
            }
            let digests = try await log.pool.query(
                "SELECT DISTINCT encode(sha256(digest || tail), 'hex') AS digest FROM projection_versions"
            ).rows
            #expect(digests.count == 1)
        }
    }

    @Test func `A read model that has seen every event is verified, with its rows`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            try await SampleHistory.append(700, to: log.events, writers: 1)
            try await log.catchUp(store, fence)
            for name in ["workspace", "run_summary"] {
                let found = try await store.verify(name, comparingContent: true) { _ in }
                #expect(found.isComplete)
                #expect(found.cursor == found.head)
                #expect(found.difference == nil)
            }
            #expect(try await store.generations().count == 4)
        }
    }

    @Test func `A cursor that was moved over events, and rows that were changed, are found`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            try await SampleHistory.append(500, to: log.events, writers: 1)
            while try await store.advance(limit: 200, except: ["job"], fence: fence).reached["workspace"]
                != log.events.head()
            {}
            try await log.pool.query("UPDATE projection_versions SET cursor = 100 WHERE name = 'job'")
            try await log.catchUp(store, fence)
            try await log.pool.query("ALTER TABLE p_workspace_1.workspace DISABLE TRIGGER keep_history")
            try await log.pool.query("UPDATE p_workspace_1.workspace SET _from = _from - 1")
            let skipped = try await store.verify("job", comparingContent: false) { _ in }
            #expect(!skipped.isComplete)
            let changed = try await store.verify("workspace", comparingContent: true) { _ in }
            #expect(changed.isComplete)
            #expect(changed.difference?.contains("workspace: ") == true)
        }
    }
}

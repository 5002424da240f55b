import ControlPlane
import Domain
import EventSourcing
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// A generation is compared with the live one before readers see it.
struct ProjectionSwitchTests {
    private static let columns = "id uuid PRIMARY KEY, name text NOT NULL"

    private func tally(version: Int, _ name: String, changes: String = "") throws -> ProjectionDefinition {
        try ProjectionDefinition(
            file: "projections/tally.sql",
            content: """
                -- projection: tally
                -- version: \(version)
                \(changes)
                CREATE TABLE tally (\(Self.columns));
                -- on: workspace.created
                INSERT INTO tally (id, name) VALUES (e.stream_id::uuid, \(name));
                -- ignores: workspace.described, connection.*, job.*, run.*, security.*, system.*
                """)
    }

    @Test func `A version that says something else is not switched to until somebody accepts it`() async throws {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            let first = try log.store([tally(version: 1, "e.payload->>'name'")])
            try await first.install(fence: fence)
            for number in 1...3 { _ = try await SampleJob("\(number)", on: log) }
            try await log.catchUp(first, fence)
            let before = try await log.rows(of: "tally")

            let second = try log.store([tally(version: 2, "lower(e.payload->>'name')")])
            try await second.install(fence: fence)
            try await log.catchUp(second, fence)
            #expect(try await log.states(second) == ["1 live", "2 differs"])
            let differing = try #require(try await second.generations().first { $0.state == .differs })
            #expect(differing.difference == "tally: 3 changed")
            #expect(differing.comparedSeq == 12)
            #expect(try await log.rows(of: "tally") == before)

            // It is kept up with the log meanwhile.
            _ = try await SampleJob("4", on: log)
            try await log.catchUp(second, fence)
            #expect(try await second.generations().map(\.cursor) == [16, 16])

            #expect(try await second.acceptDifference("tally")?.generation == 2)
            try await log.catchUp(second, fence)
            #expect(try await log.states(second) == ["2 live"])
            #expect(try await log.rows(of: "tally").contains("grid 4"))
            let note = try #require(try await second.unnoted().first)
            guard case .switched(let switched) = note else { return #expect(Bool(false), "\(note)") }
            #expect((switched.version, switched.generation, switched.isDifferent) == (2, 2, true))
        }
    }

    @Test func `Columns of which the file says that they mean something new are not compared`() async throws {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            let first = try log.store([tally(version: 1, "e.payload->>'name'")])
            try await first.install(fence: fence)
            _ = try await SampleJob("1", on: log)
            try await log.catchUp(first, fence)
            let second = try log.store([tally(version: 2, "'new'", changes: "-- changes: tally.name")])
            try await second.install(fence: fence)
            try await log.catchUp(second, fence)
            #expect(try await log.states(second) == ["2 live"])
        }
    }

    @Test func `Rows that somebody changed by hand are found by a rebuild, one by one`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            let (first, second) = (try await SampleJob("1", on: log), try await SampleJob("2", on: log))
            try await log.catchUp(store, fence)
            try await log.pool.query("ALTER TABLE p_workspace_1.workspace DISABLE TRIGGER keep_history")
            try await log.pool.query(
                "UPDATE p_workspace_1.workspace SET name = 'forged' WHERE id = $1", .init(first.workspace.uuid))
            try await log.pool.query("DELETE FROM p_workspace_1.workspace WHERE id = $1", .init(second.workspace.uuid))
            _ = try await store.beginRebuild("workspace")
            try await log.catchUp(store, fence)
            let differing = try #require(try await store.generations().first { $0.state == .differs })
            #expect(differing.difference == "workspace: 1 added, 1 changed")
            let difference = try #require(try await store.difference(of: "workspace", limit: 10))
            #expect(difference.rows.map(\.table) == ["workspace", "workspace"])
            #expect(
                difference.rows.contains { $0.live?.contains("forged") == true && $0.new?.contains("Grid 1") == true })
            #expect(try await store.discard("workspace") == 1)
            try await log.catchUp(store, fence)
            #expect(try await store.generations().filter { $0.name == "workspace" }.map(\.generation) == [1])
            #expect(difference.rows.contains { $0.live == nil && $0.new?.contains("Grid 2") == true })
        }
    }

    @Test func `A rebuild that goes on beside commands and steps is switched to at the live one's seq`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            try await SampleHistory.append(3_000, to: log.events, writers: 1)
            try await log.catchUp(store, fence)
            let second = try await store.beginRebuild("run_summary")
            while try await !store.build(second, limit: 700, fence: fence) {}
            // From here on live steps take it along, whatever their size.
            try await SampleHistory.append(1_000, to: log.events, writers: 1, firstWriter: 1)
            for limit in [1, 7, 300, 5_000] as [Int64] {
                _ = try await store.advance(limit: limit, except: [], fence: fence)
                let cursors = try await store.generations().filter { $0.name == "run_summary" }.map(\.cursor)
                #expect(Set(cursors).count == 1)
            }
            try await store.settle(second, fence: fence)
            #expect(try await store.generations().contains { $0.generation == 2 && $0.isLive })
        }
    }
}

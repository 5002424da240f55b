import ControlPlane
import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// What the read models say of the past is what they said then.
struct TimeTravelTests {
    /// All rows of a view or a selection as one text, in the order of their keys.
    private func rows(_ columns: String, of source: String, _ log: ProjectedLog) async throws -> String {
        let row = try await log.pool.query(
            "SELECT coalesce(string_agg(ROW(\(columns))::text, E'\\n' ORDER BY id), '') AS rows FROM \(source)"
        ).first
        return try row?.decode("rows") ?? ""
    }

    private func columns(of view: String, _ log: ProjectedLog) async throws -> String {
        try await log.pool.query(
            """
            SELECT attname::text AS name FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """, .init("projections.\(view)")
        ).rows.map { try $0.decode("name", as: String.self) }.joined(separator: ", ")
    }

    @Test(arguments: [11, 12] as [UInt64])
    func `The rows as of any seq are those of a projection that has seen only what came before`(seed: UInt64)
        async throws
    {
        try await ProjectedLog.run { log in
            var random = SeededGenerator(seed: seed)
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            try await SampleHistory.append(1_200, to: log.events, seed: seed, writers: 1, eventsPerRequest: 7)
            // The whole log at once, in steps that end anywhere.
            while try await store.advance(
                limit: Int64.random(in: 1...400, using: &random), except: [], fence: fence
            ).isBehind {}
            // The same once more, stopped at seqs on the way: that is what was seen then.
            for name in ["workspace", "connection", "job", "run_summary"] {
                let second = try await store.beginRebuild(name)
                var cursor: Int64 = 0
                while cursor < 1_200 {
                    let step = Int64.random(in: 1...90, using: &random)
                    _ = try await store.build(second, limit: step, fence: fence)
                    cursor =
                        try await store.generations().first { $0 == second || $0.name == name && !$0.isLive }?.cursor
                        ?? 0
                    for view in try store.definition(name).relations.map(\.name) {
                        let columns = try await columns(of: view, log)
                        let then = try await rows(columns, of: "p_\(name)_2.\(view)", log)
                        let past = "projections.\(view)_versions WHERE _from <= \(cursor) AND _to > \(cursor)"
                        #expect(try await rows(columns, of: past, log) == then, "\(view) as of \(cursor)")
                    }
                }
            }
        }
    }

    @Test func `Lists and single things of the past come through the port, page by page`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            let first = try await SampleJob("1", on: log)
            let run = try await first.requestRun(on: log)
            let asked = try await log.events.head()
            try await first.step(.admit, run, on: log)
            _ = try await SampleJob("2", on: log)
            try await log.catchUp(store, fence)
            let past = log.readModels.asOf(asked)
            #expect(try await past.run(run)?.status == "requested")
            #expect(try await log.readModels.run(run)?.status == "dispatching")
            #expect(
                try await past.runs(matching: .init(status: "requested"), page: PageRequest()).items.map(\.id) == [run])
            #expect(try await past.workspaces(named: nil, page: PageRequest()).items.map(\.name) == ["Grid 1"])
            #expect(try await past.jobs(in: first.workspace, named: "load 1", page: PageRequest()).items.count == 1)
            #expect(try await log.readModels.asOf(0).workspaces(named: nil, page: PageRequest()).items.isEmpty)
            // Between the two events that make a job it has no definition, and is not there yet.
            #expect(try await log.readModels.asOf(3).job(first.job) == nil)
            #expect(try await log.readModels.asOf(4).job(first.job)?.jobVersion == 1)
            // A page of the past goes on in the past.
            let all = log.readModels.asOf(try await log.events.head())
            let page = try await all.workspaces(named: nil, page: PageRequest(limit: 1))
            #expect(page.items.map(\.name) == ["Grid 1"])
            let next = try await all.workspaces(named: nil, page: PageRequest(limit: 1, cursor: page.next))
            #expect(next.items.map(\.name) == ["Grid 2"])
        }
    }

    @Test func `A time stands for the last event that was recorded by then`() async throws {
        try await ProjectedLog.run { log in
            for number in 1...20 { _ = try await SampleJob("\(number)", on: log) }
            let events = try await log.events.readAll(after: 0, limit: 1_000)
            let first = try #require(events.first)
            #expect(try await log.readModels.seq(at: first.recordedAt - 1) == 0)
            for event in events {
                let last = try #require(events.last { $0.recordedAt <= event.recordedAt })
                #expect(try await log.readModels.seq(at: event.recordedAt) == last.seq)
            }
            #expect(try await log.readModels.seq(at: Date(timeIntervalSinceNow: 60)) == events.last?.seq)
        }
    }
}

import ControlPlane
import Domain
import EventSourcing
import Postgres
import Testing

@testable import Persistence

/// Generations: made, brought up, rebuilt and switched, on real events.
struct ProjectionStoreTests {
    @Test func `A rebuild makes the same rows as the live projection, and drops the former tables`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            for number in 1...3 {
                let sample = try await SampleJob("\(number)", on: log)
                let run = try await sample.requestRun(on: log)
                try await sample.step(.admit, run, on: log)
                try await log.catchUp(store, fence, step: 1)
            }
            let live = try await log.allRows()
            #expect(live.allSatisfy { !$0.isEmpty })
            for name in ["workspace", "connection", "job", "run_summary"] { _ = try await store.beginRebuild(name) }
            #expect(try await store.generations().count == 8)
            try await log.catchUp(store, fence)
            #expect(try await log.allRows() == live)
            let generations = try await store.generations()
            #expect(generations.count == 4)
            #expect(generations.allSatisfy { $0.isLive && $0.generation == 2 })
            #expect(try await generationSchemas(log).count == 4)
        }
    }

    private func generationSchemas(_ log: ProjectedLog) async throws -> [String] {
        try await log.pool.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'p\\_%'").rows.map {
            try $0.decode("nspname")
        }
    }

    @Test func `Readers see all rows while a rebuild is switched, at any instant`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            for number in 1...5 { _ = try await SampleJob("\(number)", on: log) }
            try await log.catchUp(store, fence)
            try await withThrowingTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask {
                        while !Task.isCancelled {
                            let page = try await log.readModels.workspaces(named: nil, page: PageRequest())
                            #expect(page.items.count == 5)
                        }
                    }
                }
                for _ in 0..<10 {
                    _ = try await store.beginRebuild("workspace")
                    try await log.catchUp(store, fence)
                }
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {} catch let error as PostgresError {
                    // The statement that was under way when the test had seen enough.
                    #expect(error.sqlState == "57014")
                } catch EventStoreError.unavailable(let why, _) {
                    #expect(why.contains("57014"))
                }
            }
        }
    }

    @Test func `A projection goes on where it was when its process ends`() async throws {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            let first = try log.store()
            try await first.install(fence: fence)
            _ = try await SampleJob("1", on: log)
            #expect(try await first.advance(limit: 2, except: [], fence: fence).reached.values.allSatisfy { $0 == 2 })
            let second = try log.store()
            try await second.install(fence: fence)
            let generations = try await second.generations()
            #expect(generations.count == 4)
            #expect(generations.allSatisfy { $0.cursor == 2 && $0.isLive })
            try await log.catchUp(second, fence)
            #expect(
                try await log.readModels.jobs(in: jobWorkspace(log), named: nil, page: PageRequest()).items.count == 1)
        }
    }

    private func jobWorkspace(_ log: ProjectedLog) async throws -> WorkspaceID {
        let page = try await log.readModels.workspaces(named: nil, page: PageRequest())
        return try #require(page.items.first).id
    }

    @Test func `Whoever lost the lease moves nothing`() async throws {
        try await ProjectedLog.run { log in
            let (store, former) = (try log.store(), try await log.fence())
            try await store.install(fence: former)
            _ = try await SampleJob("1", on: log)
            let current = try await log.fence()
            #expect(current.epoch > former.epoch)
            await #expect(throws: TransactionFailure.fenced(former)) {
                try await store.advance(limit: 10, except: [], fence: former)
            }
            let building = try await store.beginRebuild("job")
            await #expect(throws: TransactionFailure.fenced(former)) {
                try await store.build(building, limit: 10, fence: former)
            }
            await #expect(throws: TransactionFailure.fenced(former)) { try await store.install(fence: former) }
            #expect(try await store.generations().allSatisfy { $0.cursor == 0 })
            #expect(try await store.advance(limit: 10, except: [], fence: current).reached["job"] == 4)
        }
    }

    @Test func `A read model that does not go on holds up only who reads it`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            _ = try await SampleJob("1", on: log)
            _ = try await store.advance(limit: 100, except: ["connection"], fence: fence)
            let head = try await log.events.head()
            #expect(try await log.readModels.wait(for: head, in: [.workspace, .job, .run], timeout: .seconds(60)))
            #expect(try await !log.readModels.wait(for: head, in: [.connection], timeout: .milliseconds(1)))
            #expect(try await !log.readModels.wait(for: head, timeout: .milliseconds(1)))
        }
    }

    @Test func `An unknown projection cannot be rebuilt, and the answer names those there are`() async throws {
        try await ProjectedLog.run { log in
            let store = try log.store()
            let error = try await #require(throws: UnknownProjection.self) { try await store.beginRebuild("runs") }
            #expect(
                error.description == "there is no projection runs; there are connection, job, run_summary, workspace")
        }
    }
}

extension ProjectionDefinition {
    /// A projection of workspaces, with a statement of the test's choice.
    static func tally(
        version: Int, columns: String = "id uuid PRIMARY KEY", statement: String
    ) throws -> ProjectionDefinition {
        try ProjectionDefinition(
            file: "projections/tally.sql",
            content: """
                -- projection: tally
                -- version: \(version)
                CREATE TABLE tally (\(columns));
                -- on: workspace.created
                \(statement)
                -- ignores: workspace.described, connection.*, job.*, run.*, security.*, system.*
                """)
    }
}

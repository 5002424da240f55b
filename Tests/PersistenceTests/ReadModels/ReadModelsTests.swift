import ControlPlane
import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// What API and pages read.
struct ReadModelsTests {
    /// Runs `work` with the read models of what `prepare` recorded.
    private func reading<Value>(
        _ prepare: (ProjectedLog) async throws -> Value, _ work: (PostgresReadModels, Value) async throws -> Void
    ) async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            let value = try await prepare(log)
            try await log.catchUp(store, fence)
            try await work(log.readModels, value)
        }
    }

    private func makeWorkspaces(_ names: [String], _ log: ProjectedLog) async throws {
        for name in names {
            _ = try await log.transactor.transact(
                WorkspaceDecider.self, .create(name: name, description: "of \(name)"),
                on: "\(WorkspaceID(UUID.version7(at: Date())))", context: ProjectedLog.context)
        }
    }

    /// All items of a list, read in pages.
    private func pages<Item>(
        limit: Int, _ read: (PageRequest) async throws -> Page<Item>
    ) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let page = try await read(PageRequest(limit: limit, cursor: cursor))
            #expect(page.items.count <= limit)
            items += page.items
            cursor = page.next
        } while cursor != nil
        return items
    }

    @Test(arguments: [1, 2, 3, 9, 10])
    func `Workspaces come in the order of their names, each once, whatever the page's size`(limit: Int) async throws {
        // The letters that Swift and Postgres fold differently stand where a page may end.
        let names = ["alpha", "Beta", "gamma", "İzmir", "izz", "ÄGYPTEN", "ß", "ẞtraße", "z\"',:%$1"]
        try await reading({ try await makeWorkspaces(names, $0) }) { models, _ in
            let read = try await pages(limit: limit) { try await models.workspaces(named: nil, page: $0) }
            #expect(read.map(\.name).sorted() == names.sorted())
            #expect(read.prefix(3).map(\.name) == ["alpha", "Beta", "gamma"])
            #expect(read.allSatisfy { $0.description == "of \($0.name)" && $0.version == 1 })
        }
    }

    @Test func `A name is found without regard to case, in its own workspace only`() async throws {
        try await reading({ log in
            (try await SampleJob("Ärger", on: log), try await SampleJob("zwei", on: log))
        }) { models, samples in
            let (first, second) = samples
            let page = PageRequest(limit: 2)
            #expect(try await models.workspaces(named: "grid ÄRGER", page: page).items.map(\.id) == [first.workspace])
            #expect(
                try await models.jobs(in: first.workspace, named: "LOAD ärger", page: page).items.map(\.id) == [
                    first.job
                ])
            #expect(try await models.jobs(in: second.workspace, named: "Load Ärger", page: page).items.isEmpty)
            let connections = try await models.connections(in: second.workspace, named: "trino zwei", page: page)
            #expect(connections.items.map(\.id) == [second.connection])
            #expect(try await models.jobs(in: first.workspace, named: "%", page: page).items.isEmpty)
        }
    }

    @Test func `A connection shows its settings and its last check, a job its newest definition`() async throws {
        try await reading({ log in
            let sample = try await SampleJob("1", on: log)
            let check = ConnectionChecked(isHealthy: false, latencyMilliseconds: 12, version: nil, reason: "refused")
            _ = try await log.transactor.transact(
                ConnectionDecider.self, .recordCheck(check), on: "\(sample.connection)", context: ProjectedLog.context)
            let newer = JobDefinition(connection: sample.connection, sql: "SELECT 2", timeoutSeconds: 60)
            _ = try await log.transactor.transact(
                JobDecider.self, .publishVersion(newer), on: "\(sample.job)", context: ProjectedLog.context)
            return (sample, check, newer)
        }) { models, made in
            let (sample, check, newer) = made
            let connection = try #require(try await models.connection(sample.connection))
            #expect(connection.lastCheck == check)
            #expect(connection.checkedAt != nil)
            #expect((connection.hasSecret, connection.version, connection.settings.kind) == (true, 2, .trino))
            let job = try #require(try await models.job(sample.job))
            #expect((job.definition, job.jobVersion, job.version) == (newer, 2, 3))
            #expect(try await models.job(JobID(UUID())) == nil)
        }
    }

    @Test func `Runs come newest first, filtered by workspace, job and status`() async throws {
        try await reading({ log in
            let samples = [try await SampleJob("1", on: log), try await SampleJob("2", on: log)]
            var runs: [RunID] = []
            for number in 0..<6 {
                let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number))
                let run = try await samples[number % 2].requestRun(on: log, at: time)
                if number > 3 { try await samples[number % 2].step(.admit, run, on: log) }
                runs.append(run)
            }
            return (samples, runs)
        }) { models, made in
            let (samples, runs) = made
            func read(_ filter: RunFilter) async throws -> [RunID] {
                try await pages(limit: 2) { try await models.runs(matching: filter, page: $0) }.map(\.id)
            }
            #expect(try await read(RunFilter()) == runs.reversed())
            #expect(try await read(RunFilter(workspace: samples[0].workspace)) == [runs[4], runs[2], runs[0]])
            #expect(try await read(RunFilter(job: samples[1].job)) == [runs[5], runs[3], runs[1]])
            #expect(try await read(RunFilter(status: "dispatching")) == [runs[5], runs[4]])
            #expect(try await read(RunFilter(job: samples[1].job, status: "requested")) == [runs[3], runs[1]])
            let open = try #require(try await models.openRuns(after: runs[1], limit: 2))
            #expect(open.runs.map(\.id) == [runs[2], runs[3]])
        }
    }

    @Test(arguments: ["", "x", "!!!", "WyJhIl0", "WzFd", String(repeating: "A", count: 5_000)])
    func `A cursor that was not given out is refused`(cursor: String) async throws {
        try await reading({ try await makeWorkspaces(["a"], $0) }) { models, _ in
            let page = PageRequest(limit: 1, cursor: cursor)
            await #expect(throws: InvalidCursor.self) { try await models.workspaces(named: nil, page: page) }
            await #expect(throws: InvalidCursor.self) { try await models.runs(matching: RunFilter(), page: page) }
        }
    }

    @Test func `A read model that has to take events in again is waited for again`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            _ = try await SampleJob("1", on: log)
            try await log.catchUp(store, fence)
            let head = try await log.events.head()
            #expect(try await log.readModels.wait(for: head, timeout: .seconds(60)))
            // As after a crash of Postgres, which may lose what was committed without waiting for the disk.
            try await log.pool.query("UPDATE projection_versions SET cursor = 1")
            try await eventually("the readers see it") {
                try await !log.readModels.wait(for: head, timeout: .milliseconds(1))
            }
        }
    }

    @Test func `A run whose event is parked is among those that are open`() async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            let sample = try await SampleJob("1", on: log)
            let known = try await sample.requestRun(on: log)
            // Of a workspace that the read model does not have.
            var request = sample.request
            request = RunRequested(
                workspace: WorkspaceID(UUID.version7(at: Date())), job: request.job, jobVersion: request.jobVersion,
                connection: request.connection, engine: request.engine, statement: request.statement, arguments: [:],
                deadline: request.deadline, maximumAttempts: 1, resultLimits: request.resultLimits)
            let parked = RunID(UUID.version7(at: Date()))
            try await sample.step(.request(request), parked, on: log)
            try await log.catchUp(store, fence)
            #expect(try await store.parkedStreams(of: "run_summary").map(\.stream) == ["run-\(parked)"])
            #expect(try await log.readModels.openRuns(after: nil, limit: 10)?.runs.map(\.id) == [known, parked])
            #expect(try await log.readModels.openRuns(after: nil, limit: 1)?.runs.map(\.id) == [known])
            #expect(try await log.readModels.openRuns(after: known, limit: 10)?.runs.map(\.id) == [parked])
            let found = try await store.verify("run_summary", comparingContent: false) { _ in }
            #expect(found.isComplete && found.parkedStreams == 1 && !found.isSound)
        }
    }

    @Test func `Waiting for what never comes ends in time, for many at once`() async throws {
        try await ProjectedLog.run { log in
            await withTaskGroup { group in
                for _ in 0..<200 {
                    group.addTask { try? await log.readModels.wait(for: 1_000_000, timeout: .milliseconds(50)) }
                }
                for await reached in group { #expect(reached == false) }
            }
        }
    }
}

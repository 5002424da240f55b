import ControlPlane
import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport

@testable import Persistence

/// A migrated database of one test, with the log and all read models in it, reached as the service's role.
struct ProjectedLog: Sendable {
    /// As the administrator.
    let administrator: PostgresConfiguration
    let pool: PostgresPool
    let events: PostgresEventStore
    let readModels: PostgresReadModels
    let leases: PostgresLeaseStore

    var transactor: Transactor { Transactor(store: events) }
    static let context = CommandContext(metadata: EventMetadata(actor: "user:ada"))
    static let serviceRole = "weir"

    static func run(_ work: (ProjectedLog) async throws -> Void) async throws {
        try await withScratchDatabase { administrator in
            try await makeServiceRole(administrator)
            _ = try await Migrator(administrator, serviceRole: serviceRole).migrate()
            var service = administrator
            service.settings["role"] = serviceRole
            let pool = PostgresPool(service, limits: .init(connections: 4, timeout: .seconds(600)))
            let log = ProjectedLog(
                administrator: administrator, pool: pool, events: PostgresEventStore(service, pool: pool),
                readModels: PostgresReadModels(service, pool: pool), leases: PostgresLeaseStore(pool: pool))
            defer {
                log.events.close()
                pool.close()
            }
            let (events, readModels) = (log.events, log.readModels)
            let watching = [Task { try await events.run() }, Task { try await readModels.run() }]
            defer { watching.forEach { $0.cancel() } }
            try await work(log)
        }
    }

    private static func makeServiceRole(_ administrator: PostgresConfiguration) async throws {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        try await connection.makeRole(serviceRole, password: "only-for-tests")
    }

    func store(
        _ definitions: [ProjectionDefinition]? = nil, grace: Duration = .zero
    ) throws -> PostgresProjectionStore {
        PostgresProjectionStore(
            pool: pool, definitions: try definitions ?? ProjectionDefinition.embedded(), grace: grace)
    }

    /// Takes the lease of the projector, also from a former owner in this test.
    func fence() async throws -> LeaseFence {
        guard let fence = try await leases.acquire("projector", owner: "test", duration: .seconds(600)) else {
            throw CancellationError()
        }
        return fence
    }

    /// Takes all events into all generations, `step` at a time, and settles those that are built beside.
    func catchUp(_ store: PostgresProjectionStore, _ fence: LeaseFence, step: Int64 = 1_000) async throws {
        while try await store.advance(limit: step, except: [], fence: fence).isBehind {}
        try await settle(store, fence, step: step)
    }

    /// Builds what is built beside the live ones, and settles it: readers are switched where they may be.
    func settle(_ store: PostgresProjectionStore, _ fence: LeaseFence, step: Int64 = 1_000) async throws {
        for generation in try await store.generations() where generation.state == .building || generation.isAccepted {
            while try await !store.build(generation, limit: step, fence: fence) {}
            try await store.settle(generation, fence: fence)
        }
        try await store.dropRetired(fence: fence)
    }

    /// A row for each generation: version and state, the newest last.
    func states(_ store: PostgresProjectionStore) async throws -> [String] {
        try await store.generations().sorted { $0.generation < $1.generation }.map { "\($0.version) \($0.state)" }
    }

    /// All rows of a view as one text.
    func rows(of view: String) async throws -> String {
        let row = try await pool.query(
            "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY id), '') AS rows FROM projections.\(view) AS t"
        ).first
        return try row?.decode("rows") ?? ""
    }

    static let views = ["workspace", "connection", "job", "run_summary", "run_workspace", "run_job"]

    func allRows() async throws -> [String] {
        var all: [String] = []
        for view in Self.views { all.append(try await rows(of: view)) }
        return all
    }
}

/// A workspace with a connection and a job, to request runs of.
struct SampleJob: Sendable {
    let workspace = WorkspaceID(UUID.version7(at: Date()))
    let connection = ConnectionID(UUID.version7(at: Date()))
    let job = JobID(UUID.version7(at: Date()))
    let suffix: String

    var workspaceName: String { "Grid \(suffix)" }
    var jobName: String { "Load \(suffix)" }
    var definition: JobDefinition { JobDefinition(connection: connection, sql: "SELECT 1") }

    /// Records it.
    init(_ suffix: String, on log: ProjectedLog) async throws {
        self.suffix = suffix
        let transactor = log.transactor
        _ = try await transactor.transact(
            WorkspaceDecider.self, .create(name: workspaceName, description: "of \(suffix)"), on: "\(workspace)",
            context: ProjectedLog.context)
        let settings = ConnectionSettings.trino(TrinoSettings(url: "https://trino.example:8443", user: "weir"))
        _ = try await transactor.transact(
            ConnectionDecider.self,
            .create(workspace: workspace, name: "Trino \(suffix)", settings: settings, hasSecret: true),
            on: "\(connection)", context: ProjectedLog.context)
        _ = try await transactor.transact(
            JobDecider.self, .create(workspace: workspace, name: jobName, definition: definition), on: "\(job)",
            context: ProjectedLog.context)
    }

    var request: RunRequested {
        RunRequested(
            workspace: workspace, job: job, jobVersion: 1, connection: connection, engine: .trino,
            statement: "SELECT 1", arguments: [:], deadline: Date(timeIntervalSince1970: 2_000_000_000),
            maximumAttempts: 3, resultLimits: .standard)
    }

    /// Requests a run and returns its id.
    func requestRun(on log: ProjectedLog, at time: Date = Date()) async throws -> RunID {
        let run = RunID(UUID.version7(at: time))
        try await step(.request(request), run, on: log)
        return run
    }

    func step(_ command: RunCommand, _ run: RunID, on log: ProjectedLog) async throws {
        _ = try await log.transactor.transact(RunDecider.self, command, on: "\(run)", context: ProjectedLog.context)
    }
}

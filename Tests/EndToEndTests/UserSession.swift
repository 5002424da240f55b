import API
import APIClient
import Foundation
import HTTPClient
import Postgres
import TestSupport
import Testing

/// What a user does with a server: through the public API, with its own client.
struct UserSession {
    let client: WeirClient
    let workspace: String
    /// The workspace's name, where the session made it.
    let name: String

    init(_ base: String) async throws {
        client = WeirClient(base: base, http: try Client())
        name = "w-\(UUID())"
        workspace = try await client.post(
            Endpoints.createWorkspace, Endpoints.createWorkspace.path(), CreateWorkspace(name: name)
        ).id
    }

    init(_ base: String, workspace: String) throws {
        client = WeirClient(base: base, http: try Client())
        self.workspace = workspace
        name = ""
    }

    func connection(_ settings: EngineSettings, password: String? = nil) async throws -> String {
        try await client.post(
            Endpoints.createConnection, Endpoints.createConnection.path(workspace),
            CreateConnection(name: "c-\(UUID())", settings: settings, password: password)
        ).id
    }

    /// A job with a connection of its own.
    func job(
        _ settings: EngineSettings, password: String? = nil, sql: String, attempts: Int = 1
    ) async throws -> String {
        try await job(on: try await connection(settings, password: password), sql: sql, attempts: attempts)
    }

    func job(
        on connection: String, sql: String, parameters: [ParameterSpecification]? = nil, seconds: Int? = nil,
        attempts: Int = 1
    ) async throws -> String {
        let definition = JobSpecification(
            connectionID: connection, sql: sql, parameters: parameters, timeoutSeconds: seconds,
            maximumAttempts: attempts)
        return try await client.post(
            Endpoints.createJob, Endpoints.createJob.path(workspace),
            CreateJob(name: "j-\(UUID())", definition: definition)
        ).id
    }

    /// Trino with the catalog tpch.
    static func trino() throws -> EngineSettings {
        .trino(TrinoAddress(url: try #require(TrinoServer.url), user: "test", catalog: "tpch", schema: "tiny"))
    }

    func start(_ job: String, _ parameters: [String: String]? = nil) async throws -> String {
        try await client.post(
            Endpoints.requestRun, Endpoints.requestRun.path(job), RequestRun(parameters: parameters)
        ).id
    }

    func cancel(_ run: String) async throws {
        _ = try await client.post(
            Endpoints.cancelRun, Endpoints.cancelRun.path(run), CancelRun(reason: "no longer wanted"))
    }

    /// The run as soon as `condition` holds for it.
    func run(_ id: String, until condition: (RunResource) -> Bool) async throws -> RunResource {
        for _ in 0..<1_200 {
            let found = try? await client.get(Endpoints.getRun, Endpoints.getRun.path(id))
            if let found, condition(found) { return found }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("the run \(id) did not come to what was waited for")
        return try await client.get(Endpoints.getRun, Endpoints.getRun.path(id))
    }

    func ended(_ id: String) async throws -> RunResource {
        try await run(id) { RunResource.endedStatuses.contains($0.status) || $0.status == "outcome_unknown" }
    }

    func events(_ id: String) async throws -> [EventResource] {
        try await client.get(
            Endpoints.listRunEvents, Endpoints.listRunEvents.path(id), query: [("limit", "1000")]
        ).items
    }
}

import Domain
import EventSourcing
import Foundation
import TestSupport

@testable import ControlPlane

/// All commands over a log in memory.
struct Estate: Sendable {
    static let settings = ConnectionSettings.postgres(
        PostgresSettings(host: "db", port: 5_432, database: "lake", user: "weir", tls: .disable))

    let clock = ManualClock()
    let store: MemoryEventStore
    let secrets = MemorySecretStore()
    let environment: Environment

    init() {
        let clock = clock
        store = MemoryEventStore(now: { clock.now })
        environment = Environment(now: { clock.now }, makeUUID: { UUID.version7(at: clock.now) })
    }

    var transactor: Transactor { Transactor(store: store) }
    var engines: EngineDirectory {
        EngineDirectory(
            engines: EngineKind.allCases.map { EngineSimulator(kind: $0) }, transactor: transactor, secrets: secrets)
    }
    var workspaces: WorkspaceCommands { WorkspaceCommands(transactor: transactor, environment: environment) }
    var connections: ConnectionCommands {
        ConnectionCommands(transactor: transactor, environment: environment, secrets: secrets, engines: engines)
    }
    var jobs: JobCommands { JobCommands(transactor: transactor, environment: environment) }
    var runs: RunCommands { RunCommands(transactor: transactor, environment: environment) }

    /// What travels with a command, under an idempotency key if there is one.
    func context(_ key: String? = nil, of request: String = "request") -> CommandContext {
        CommandContext(
            metadata: EventMetadata(actor: "user:ada"),
            idempotency: key.map { IdempotencyKey(scope: "ada", key: $0, fingerprint: Array(request.utf8)) })
    }

    func makeWorkspace(_ name: String = "finance") async throws -> WorkspaceID {
        try await workspaces.create(name: name, description: "", context: context()).id
    }

    func makeConnection(in workspace: WorkspaceID, _ name: String = "lake") async throws -> ConnectionID {
        try await connections.create(
            in: workspace, name: name, settings: Self.settings, password: nil, context: context()
        ).id
    }

    func makeJob() async throws -> JobID {
        let workspace = try await makeWorkspace()
        let connection = try await makeConnection(in: workspace)
        let definition = JobDefinition(
            connection: connection, sql: "SELECT {{job.parameters.day}}",
            parameters: [JobParameter(name: "day", kind: .date)], timeoutSeconds: 60)
        return try await jobs.create(in: workspace, name: "daily", definition: definition, context: context()).id
    }

    func recorded() async throws -> [String] {
        try await store.readAll(after: 0, limit: 1_000).map(\.event.type)
    }
}

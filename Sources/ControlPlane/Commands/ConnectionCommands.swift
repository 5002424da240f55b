package import Cryptography
package import Domain
package import EventSourcing

/// What clients can do with connections.
package struct ConnectionCommands: Sendable {
    private let creation: Creation
    private let environment: Environment
    private let secrets: any SecretStore
    private let engines: EngineDirectory

    package init(
        transactor: Transactor, environment: Environment, secrets: any SecretStore, engines: EngineDirectory
    ) {
        creation = Creation(transactor: transactor)
        self.environment = environment
        self.secrets = secrets
        self.engines = engines
    }

    /// Makes a connection in a workspace. The password goes to the secret store, and into no event.
    package func create(
        in workspace: WorkspaceID, name: String, settings: ConnectionSettings, password: Secret?,
        context: CommandContext
    ) async throws -> CommandReceipt<ConnectionDecider> {
        try await creation.transactor.requireWorkspace(workspace)
        let id = environment.makeID(ConnectionID.self)
        let command = ConnectionCommand.create(
            workspace: workspace, name: name, settings: settings, hasSecret: password != nil)
        // What would be refused stores no secret; what is stored and then not recorded belongs to no connection.
        _ = try ConnectionDecider.decide(command, ConnectionDecider.initial)
        if let password { try await secrets.put(password, named: .connection(id)) }
        return try await creation.create(ConnectionDecider.self, command, id: id, context: context)
    }

    /// Asks the engine whether it answers, and records what was found.
    package func check(
        _ id: ConnectionID, context: CommandContext
    ) async throws -> (receipt: CommandReceipt<ConnectionDecider>, found: ConnectionChecked) {
        let target = try await engines.target(id)
        let health = await engines.engine(for: target.settings.kind).check(target)
        let found = ConnectionChecked(
            isHealthy: health.isHealthy, latencyMilliseconds: health.latency.milliseconds, version: health.version,
            reason: health.reason)
        let done = try await creation.transactor.transact(
            ConnectionDecider.self, .recordCheck(found), on: id.description, context: context)
        return (
            CommandReceipt(id: id, seq: done.receipt?.lastSeq, version: done.version, isReplay: done.isReplay), found
        )
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int {
        Int(components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }
}

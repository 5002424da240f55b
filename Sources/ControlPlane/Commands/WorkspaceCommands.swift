package import Domain
package import EventSourcing

/// What clients can do with workspaces.
package struct WorkspaceCommands: Sendable {
    private let creation: Creation
    private let environment: Environment

    package init(transactor: Transactor, environment: Environment) {
        creation = Creation(transactor: transactor)
        self.environment = environment
    }

    /// Makes a workspace under a name that no other one has.
    package func create(
        name: String, description: String, context: CommandContext
    ) async throws -> CommandReceipt<WorkspaceDecider> {
        try await creation.create(
            WorkspaceDecider.self, .create(name: name, description: description), id: environment.makeID(),
            context: context)
    }

    /// Changes what people read about a workspace.
    package func describe(
        _ id: WorkspaceID, description: String, context: CommandContext
    ) async throws -> CommandReceipt<WorkspaceDecider> {
        let done = try await creation.transactor.transact(
            WorkspaceDecider.self, .describe(description: description), on: id.description, context: context)
        return CommandReceipt(id: id, seq: done.receipt?.lastSeq, version: done.version, isReplay: done.isReplay)
    }
}

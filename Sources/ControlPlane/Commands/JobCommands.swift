package import Domain
package import EventSourcing

/// What clients can do with jobs.
package struct JobCommands: Sendable {
    private let creation: Creation
    private let environment: Environment

    package init(transactor: Transactor, environment: Environment) {
        creation = Creation(transactor: transactor)
        self.environment = environment
    }

    /// Makes a job in a workspace, with its first version.
    package func create(
        in workspace: WorkspaceID, name: String, definition: JobDefinition, context: CommandContext
    ) async throws -> CommandReceipt<JobDecider> {
        try await creation.transactor.requireWorkspace(workspace)
        try await requireConnection(of: definition, in: workspace)
        return try await creation.create(
            JobDecider.self, .create(workspace: workspace, name: name, definition: definition),
            id: environment.makeID(), context: context)
    }

    /// Adds a version to a job. Runs that were requested before keep theirs.
    package func publishVersion(
        of id: JobID, _ definition: JobDefinition, context: CommandContext
    ) async throws -> CommandReceipt<JobDecider> {
        let job = try await creation.transactor.load(
            JobDecider.self, StreamName(category: JobCodec.category, id: id.description))
        if let workspace = job.state.created?.workspace {
            try await requireConnection(of: definition, in: workspace)
        }
        let done = try await creation.transactor.transact(
            JobDecider.self, .publishVersion(definition), on: id.description, context: context)
        return CommandReceipt(id: id, seq: done.receipt?.lastSeq, version: done.version, isReplay: done.isReplay)
    }

    private func requireConnection(of definition: JobDefinition, in workspace: WorkspaceID) async throws {
        let field = "/connection_id"
        let connection = try await creation.transactor.requireConnection(definition.connection, field: field)
        guard connection.workspace == workspace else {
            throw DomainRejection(
                .invalid, code: "connection-elsewhere", field: field,
                "the connection \(definition.connection) belongs to another workspace; use one of this workspace")
        }
    }
}

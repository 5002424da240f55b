package import Domain
package import EventSourcing
import FoundationEssentials

/// What clients can do with runs.
package struct RunCommands: Sendable {
    private let creation: Creation
    private let environment: Environment

    package init(transactor: Transactor, environment: Environment) {
        creation = Creation(transactor: transactor)
        self.environment = environment
    }

    /// Asks for a run of a job's newest version, with these values for its parameters.
    package func request(
        _ job: JobID, arguments: [String: String], context: CommandContext
    ) async throws -> CommandReceipt<RunDecider> {
        let transactor = creation.transactor
        let loaded = try await transactor.load(
            JobDecider.self, StreamName(category: JobCodec.category, id: job.description))
        guard let created = loaded.state.created, let definition = loaded.state.definition else {
            throw DomainRejection(
                .notFound, code: "job-not-found", "there is no job \(job); list the workspace's jobs to see their ids")
        }
        let connection = try await transactor.requireConnection(definition.connection)
        let id = environment.makeID(RunID.self)
        let request = RunRequested(
            workspace: created.workspace, job: job, jobVersion: loaded.state.version,
            connection: definition.connection, engine: connection.settings.kind,
            statement: try StatementTemplate.resolve(definition, arguments: arguments, run: id), arguments: arguments,
            deadline: environment.now() + TimeInterval(definition.timeoutSeconds),
            maximumAttempts: definition.maximumAttempts, resultLimits: definition.resultLimits)
        return try await creation.create(RunDecider.self, .request(request), id: id, context: context)
    }

    /// Asks for a run to stop. It has stopped when its state says so.
    package func cancel(
        _ id: RunID, reason: String, context: CommandContext
    ) async throws -> CommandReceipt<RunDecider> {
        try await change(id, .requestCancel(reason: reason), context: context)
    }

    /// Says how a run of unknown outcome ended.
    package func resolve(
        _ id: RunID, _ resolution: RunResolution, context: CommandContext
    ) async throws -> CommandReceipt<RunDecider> {
        try await change(id, .resolve(resolution), context: context)
    }

    private func change(
        _ id: RunID, _ command: RunCommand, context: CommandContext
    ) async throws -> CommandReceipt<RunDecider> {
        let done = try await creation.transactor.transact(
            RunDecider.self, command, on: id.description, context: context)
        return CommandReceipt(id: id, seq: done.receipt?.lastSeq, version: done.version, isReplay: done.isReplay)
    }
}

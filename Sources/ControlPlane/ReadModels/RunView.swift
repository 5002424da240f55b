package import Domain
package import FoundationEssentials

/// A run as lists and pages show it.
package struct RunView: Sendable {
    package let id: RunID
    package let workspace: WorkspaceID
    package let workspaceName: String
    package let job: JobID
    package let jobName: String
    package let jobVersion: Int
    package let connection: ConnectionID
    package let engine: EngineKind
    package let statement: String
    /// `requested`, `queued`, `dispatching`, `running`, `ending`, `outcome_unknown`, or a `RunEnding`.
    package let status: String
    /// Why it waits, where it does.
    package let queueReason: String?
    package let attempts: Int
    package let attempt: AttemptID?
    /// The engine's own name for the last attempt, and where its UI shows it.
    package let externalID: String?
    package let link: String?
    package let progress: RunProgress?
    package let cancelReason: String?
    /// Why it, or its last attempt, failed.
    package let failure: RunFailure?
    /// Why the outcome is not known.
    package let unknownReason: String?
    package let result: RunResult?
    package let requestedBy: String
    package let requestedAt: Date
    package let startedAt: Date?
    package let endedAt: Date?
    package let deadline: Date
    package let version: Int

    package init(
        id: RunID, workspace: WorkspaceID, workspaceName: String, job: JobID, jobName: String, jobVersion: Int,
        connection: ConnectionID, engine: EngineKind, statement: String, status: String, queueReason: String?,
        attempts: Int, attempt: AttemptID?, externalID: String?, link: String?, progress: RunProgress?,
        cancelReason: String?, failure: RunFailure?, unknownReason: String?, result: RunResult?, requestedBy: String,
        requestedAt: Date, startedAt: Date?, endedAt: Date?, deadline: Date, version: Int
    ) {
        self.id = id
        self.workspace = workspace
        self.workspaceName = workspaceName
        self.job = job
        self.jobName = jobName
        self.jobVersion = jobVersion
        self.connection = connection
        self.engine = engine
        self.statement = statement
        self.status = status
        self.queueReason = queueReason
        self.attempts = attempts
        self.attempt = attempt
        self.externalID = externalID
        self.link = link
        self.progress = progress
        self.cancelReason = cancelReason
        self.failure = failure
        self.unknownReason = unknownReason
        self.result = result
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.deadline = deadline
        self.version = version
    }
}

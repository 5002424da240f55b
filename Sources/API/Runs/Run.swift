package import FoundationEssentials

package struct RunResource: Codable, Hashable, Sendable {
    package var id: String
    package var workspaceID: String
    package var workspaceName: String
    package var jobID: String
    package var jobName: String
    package var jobVersion: Int
    package var connectionID: String
    package var engine: String
    /// The statement, with its parameters filled in.
    package var statement: String
    /// `requested`, `queued`, `dispatching`, `running`, `ending`, `outcome_unknown`, or how it ended: `succeeded`,
    /// `failed`, `cancelled`, `timed_out`.
    package var status: String
    /// Why it waits, where it does.
    package var queueReason: String?
    package var attempts: Int
    package var attemptID: String?
    /// The engine's own name for the last attempt, and where its UI shows it.
    package var externalID: String?
    package var link: String?
    package var progress: ProgressResource?
    package var cancelReason: String?
    /// Why it, or its last attempt, failed.
    package var failure: FailureResource?
    package var unknownReason: String?
    package var result: ResultSummary?
    package var requestedBy: String
    package var requestedAt: Date
    package var startedAt: Date?
    package var endedAt: Date?
    package var deadline: Date
    package var version: Int

    package init(
        id: String, workspaceID: String, workspaceName: String, jobID: String, jobName: String, jobVersion: Int,
        connectionID: String, engine: String, statement: String, status: String, attempts: Int, requestedBy: String,
        requestedAt: Date, deadline: Date, version: Int
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.workspaceName = workspaceName
        self.jobID = jobID
        self.jobName = jobName
        self.jobVersion = jobVersion
        self.connectionID = connectionID
        self.engine = engine
        self.statement = statement
        self.status = status
        self.attempts = attempts
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.deadline = deadline
        self.version = version
    }

    /// All statuses, in the order in which a run goes through them.
    package static let statuses = [
        "requested", "queued", "dispatching", "running", "ending", "outcome_unknown", "succeeded", "failed",
        "cancelled", "timed_out",
    ]

    /// The statuses of runs that go no further.
    package static let endedStatuses: Set<String> = ["succeeded", "failed", "cancelled", "timed_out"]

    enum CodingKeys: String, CodingKey {
        case id, engine, statement, status, attempts, link, progress, failure, result, deadline, version
        case workspaceID = "workspace_id"
        case workspaceName = "workspace_name"
        case jobID = "job_id"
        case jobName = "job_name"
        case jobVersion = "job_version"
        case connectionID = "connection_id"
        case queueReason = "queue_reason"
        case attemptID = "attempt_id"
        case externalID = "external_id"
        case cancelReason = "cancel_reason"
        case unknownReason = "unknown_reason"
        case requestedBy = "requested_by"
        case requestedAt = "requested_at"
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }
}

import EventSourcing
package import FoundationEssentials

/// A run was asked for. It keeps what it was given: the job may change, the run does not.
package struct RunRequested: EventPayload {
    package static let type = "run.requested"
    package let workspace: WorkspaceID
    package let job: JobID
    package let jobVersion: Int
    package let connection: ConnectionID
    package let engine: EngineKind
    /// The statement, with its parameters filled in.
    package let statement: String
    /// The values that the request gave.
    package let arguments: [String: String]
    /// When the run must have ended.
    package let deadline: Date
    package let maximumAttempts: Int
    package let resultLimits: ResultLimits

    package init(
        workspace: WorkspaceID, job: JobID, jobVersion: Int, connection: ConnectionID, engine: EngineKind,
        statement: String, arguments: [String: String], deadline: Date, maximumAttempts: Int,
        resultLimits: ResultLimits
    ) {
        self.workspace = workspace
        self.job = job
        self.jobVersion = jobVersion
        self.connection = connection
        self.engine = engine
        self.statement = statement
        self.arguments = arguments
        self.deadline = deadline.wholeMilliseconds
        self.maximumAttempts = maximumAttempts
        self.resultLimits = resultLimits
    }

    enum CodingKeys: String, CodingKey {
        case workspace = "workspace_id"
        case job = "job_id"
        case jobVersion = "job_version"
        case connection = "connection_id"
        case engine, statement
        case arguments = "parameters"
        case deadline
        case maximumAttempts = "max_attempts"
        case resultLimits = "result_limits"
    }
}

/// Nothing stands in the way of the run.
package struct RunAdmitted: EventPayload {
    package static let type = "run.admitted"
    package init() {}
}

/// The run waits, and why.
package struct RunQueued: EventPayload {
    /// Why a run waits: stable, for programs.
    package enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
        /// As many runs are under way as one Weir drives at a time.
        case runnerFull = "runner_full"
    }

    package static let type = "run.queued"
    package let reason: Reason
    package let message: String

    package init(reason: Reason, message: String) {
        self.reason = reason
        self.message = message
    }
}

/// Somebody asked for the run to stop.
package struct RunCancelRequested: EventPayload {
    package static let type = "run.cancel_requested"
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// A person said how a run of unknown outcome ended.
package struct RunResolution: EventPayload {
    package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        case succeeded, failed, cancelled
    }

    package static let type = "run.resolved"
    package let outcome: Outcome
    package let reason: String

    package init(outcome: Outcome, reason: String) {
        self.outcome = outcome
        self.reason = reason
    }
}

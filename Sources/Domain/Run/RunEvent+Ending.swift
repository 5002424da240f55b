import EventSourcing

/// The run stopped because somebody asked for it.
package struct RunCancelled: EventPayload {
    /// How it is known that nothing runs any more.
    package enum Proof: String, Codable, Hashable, Sendable {
        /// No engine had been told of it.
        case notDispatched = "not_dispatched"
        /// The engine says that it stopped.
        case engineConfirmed = "engine_confirmed"
        /// The attempt had ended by itself before.
        case attemptHadEnded = "attempt_had_ended"
    }

    package static let type = "run.cancelled"
    package let proof: Proof
    package let detail: String?

    package init(proof: Proof, detail: String? = nil) {
        self.proof = proof
        self.detail = detail
    }
}

/// The run's time was over, and it was stopped.
package struct RunTimedOut: EventPayload {
    package static let type = "run.timed_out"
    package let proof: RunCancelled.Proof

    package init(proof: RunCancelled.Proof) {
        self.proof = proof
    }
}

/// What a run's result is: the rows themselves are kept beside the log, the log keeps their count and digest.
package struct RunResultRecorded: EventPayload {
    package static let type = "run.result_recorded"
    package let attempt: AttemptID
    package let result: RunResult

    package init(attempt: AttemptID, result: RunResult) {
        self.attempt = attempt
        self.result = result
    }

    enum CodingKeys: String, CodingKey {
        case attempt = "attempt_id"
        case result
    }
}

/// A run's result in short.
package struct RunResult: Hashable, Sendable, Codable {
    package let columns: [ResultColumn]
    /// How many rows are kept.
    package let rowCount: Int
    /// Whether the engine had more rows than are kept.
    package let isTruncated: Bool
    /// SHA-256, in hex, of the kept rows' JSON texts, each followed by a line feed.
    package let digest: String
    /// How many rows the statement changed, where it changes rows.
    package let updateCount: Int64?

    package init(columns: [ResultColumn], rowCount: Int, isTruncated: Bool, digest: String, updateCount: Int64?) {
        self.columns = columns
        self.rowCount = rowCount
        self.isTruncated = isTruncated
        self.digest = digest
        self.updateCount = updateCount
    }

    enum CodingKeys: String, CodingKey {
        case columns
        case rowCount = "row_count"
        case isTruncated = "truncated"
        case digest
        case updateCount = "update_count"
    }
}

/// A column of a result, with the engine's own name for its type.
package struct ResultColumn: Hashable, Sendable, Codable {
    package let name: String
    package let type: String

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}

package struct RunSucceeded: EventPayload {
    package static let type = "run.succeeded"
    package init() {}
}

package struct RunFailed: EventPayload {
    package static let type = "run.failed"
    package let failure: RunFailure

    package init(failure: RunFailure) {
        self.failure = failure
    }
}

/// It cannot be found out how the run ended; a person has to look, and say so by `resolve`.
package struct RunOutcomeUnknown: EventPayload {
    package static let type = "run.outcome_unknown"
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

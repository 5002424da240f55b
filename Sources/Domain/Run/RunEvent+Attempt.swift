import EventSourcing
package import FoundationEssentials

/// An attempt will be handed to the engine: recorded before the engine hears anything.
package struct RunDispatchIntended: EventPayload {
    package static let type = "run.dispatch_intended"
    /// Travels to the engine as a mark.
    package let attempt: AttemptID
    /// From 1.
    package let number: Int
    package let engine: EngineKind
    /// SHA-256, in hex, of what is handed over: the settings of the connection and the statement.
    package let fingerprint: String
    /// The epoch of the lease under which it is driven.
    package let epoch: Int64

    package init(attempt: AttemptID, number: Int, engine: EngineKind, fingerprint: String, epoch: Int64) {
        self.attempt = attempt
        self.number = number
        self.engine = engine
        self.fingerprint = fingerprint
        self.epoch = epoch
    }

    enum CodingKeys: String, CodingKey {
        case attempt = "attempt_id"
        case number, engine, fingerprint, epoch
    }
}

/// The engine has the attempt, and may start it from now on.
package struct RunDispatched: EventPayload {
    package static let type = "run.dispatched"
    package let attempt: AttemptID
    /// The engine's own name for it.
    package let externalID: String
    /// Where the engine's own UI shows it.
    package let link: String?

    package init(attempt: AttemptID, externalID: String, link: String?) {
        self.attempt = attempt
        self.externalID = externalID
        self.link = link
    }

    enum CodingKeys: String, CodingKey {
        case attempt = "attempt_id"
        case externalID = "external_id"
        case link
    }
}

/// The engine was seen to work on the attempt.
package struct RunStarted: EventPayload {
    package static let type = "run.started"
    package let attempt: AttemptID

    package init(attempt: AttemptID) {
        self.attempt = attempt
    }

    enum CodingKeys: String, CodingKey {
        case attempt = "attempt_id"
    }
}

/// How far the engine was seen to be. Coarse and bounded: see `RunProgress`.
package struct RunProgressed: EventPayload {
    package static let type = "run.progressed"
    package let attempt: AttemptID
    package let progress: RunProgress

    package init(attempt: AttemptID, progress: RunProgress) {
        self.attempt = attempt
        self.progress = progress
    }

    enum CodingKeys: String, CodingKey {
        case attempt = "attempt_id"
        case progress
    }
}

/// How far an attempt is, as the engine tells it.
package struct RunProgress: Hashable, Sendable, Codable {
    /// The engine's own word.
    package let state: String
    /// 0 to 100.
    package let percent: Int?
    package let rowsProcessed: Int64?
    package let bytesProcessed: Int64?

    /// The most progress events of one attempt.
    package static let maximumEvents = 20
    /// The smallest step that is worth an event.
    package static let percentStep = 10

    package init(state: String, percent: Int?, rowsProcessed: Int64?, bytesProcessed: Int64?) {
        self.state = state
        self.percent = percent
        self.rowsProcessed = rowsProcessed
        self.bytesProcessed = bytesProcessed
    }

    enum CodingKeys: String, CodingKey {
        case state, percent
        case rowsProcessed = "rows_processed"
        case bytesProcessed = "bytes_processed"
    }
}

/// An attempt ended without success.
package struct RunAttemptFailed: EventPayload {
    package static let type = "run.attempt_failed"
    package let attempt: AttemptID
    package let failure: RunFailure

    package init(attempt: AttemptID, failure: RunFailure) {
        self.attempt = attempt
        self.failure = failure
    }

    enum CodingKeys: String, CodingKey {
        case attempt = "attempt_id"
        case failure
    }
}

/// Another attempt will follow.
package struct RunRetryScheduled: EventPayload {
    package static let type = "run.retry_scheduled"
    package let at: Date

    package init(at: Date) {
        self.at = at.wholeMilliseconds
    }
}

/// Another owner drives the run from here on.
package struct RunAdopted: EventPayload {
    package static let type = "run.adopted"
    package let attempt: AttemptID
    package let epoch: Int64

    package init(attempt: AttemptID, epoch: Int64) {
        self.attempt = attempt
        self.epoch = epoch
    }

    enum CodingKeys: String, CodingKey {
        case attempt = "attempt_id"
        case epoch
    }
}

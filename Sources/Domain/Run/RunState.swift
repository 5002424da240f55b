package import FoundationEssentials

/// A run as its history leaves it.
package struct RunState: Hashable, Sendable {
    /// Where a run stands: what drives the logic.
    package enum Phase: Hashable, Sendable {
        case none
        case requested
        case queued(RunQueued.Reason)
        case admitted
        /// An attempt is to be handed over; whether the engine has heard of it is not in the log.
        case intended(RunAttempt)
        /// The engine has the attempt.
        case dispatched(RunAttempt)
        case attemptFailed(RunAttempt, RunFailure)
        case waitingToRetry(until: Date)
        case outcomeUnknown(RunAttempt, reason: String)
        case ended(RunEnding)
    }

    package var request: RunRequested?
    package var phase: Phase = .none
    /// How many attempts were intended.
    package var attempts = 0
    package var cancelReason: String?
    package var result: RunResult?

    package var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// The attempt that may be known to an engine.
    package var liveAttempt: RunAttempt? {
        switch phase {
        case .intended(let attempt), .dispatched(let attempt), .outcomeUnknown(let attempt, _): attempt
        case .none, .requested, .queued, .admitted, .attemptFailed, .waitingToRetry, .ended: nil
        }
    }
}

/// How a run ended.
package enum RunEnding: String, Codable, Hashable, Sendable, CaseIterable {
    case succeeded, failed, cancelled
    case timedOut = "timed_out"
}

/// One try, as the log knows it.
package struct RunAttempt: Hashable, Sendable {
    package var id: AttemptID
    /// From 1.
    package var number: Int
    /// The epoch of the lease of whoever drives it.
    package var epoch: Int64
    package var externalID: String?
    package var isStarted = false
    package var lastProgress: RunProgress?
    package var progressCount = 0

    package init(id: AttemptID, number: Int, epoch: Int64) {
        self.id = id
        self.number = number
        self.epoch = epoch
    }

    /// Whether a progress is far enough from the last recorded one to be recorded too.
    package func isWorthRecording(_ progress: RunProgress) -> Bool {
        guard progressCount < RunProgress.maximumEvents else { return false }
        guard let last = lastProgress else { return (progress.percent ?? 0) > 0 }
        return (progress.percent ?? 0) >= (last.percent ?? 0) + RunProgress.percentStep
    }
}

package import FoundationEssentials

/// What the runner does next.
package enum RunAction: Hashable, Sendable {
    /// Record a command in the log.
    case record(RunCommand)
    /// Record the intent of a new attempt, with a fresh id. The observation afterwards is `.intentRecorded`.
    case intend
    /// Hand the intended attempt to the engine.
    case submit
    /// Look at the attempt at its engine.
    case look
    /// Ask the engine to stop the attempt.
    case cancelAtEngine
    /// Nothing is to be done before this time, unless the log brings something new. The observation is `.nothing` then.
    case wait(until: Date)
    /// Nothing is to be done before admission may be answered otherwise, or this time.
    case waitForAdmission(until: Date)
    /// Nothing is left to do.
    case rest
}

/// Whether a run may be started now.
package enum Admission: Hashable, Sendable {
    case admitted
    case queued(RunQueued)
}

/// What an owner has learnt about a run and not recorded; lost with its process, and then learnt again by looking.
package struct RunKnowledge: Hashable, Sendable {
    package var observation: RunObservation = .nothing
    package var cancelSentAt: Date?
    /// Since when the engine has been out of reach, without a break.
    package var unreachableSince: Date?

    package init() {}

    /// The engine took a request to stop: it can be reached.
    package mutating func noteCancelSent(at now: Date) {
        cancelSentAt = now
        unreachableSince = nil
        observation = .nothing
    }

    /// Takes in what was just seen.
    package mutating func note(_ observation: RunObservation, at now: Date) {
        if case .unreachable = observation {
            unreachableSince = unreachableSince ?? now
        } else if observation != .nothing {
            unreachableSince = nil
        }
        self.observation = observation
    }
}

/// What was last seen of an attempt.
package enum RunObservation: Hashable, Sendable {
    /// Nothing beyond what the log says.
    case nothing
    /// This owner recorded the intent a moment ago; the engine has heard nothing.
    case intentRecorded
    case submitted(RunDispatched)
    case rejected(RunFailure)
    case submissionUnknown(String)
    case running(RunProgress)
    case succeeded(RunResult)
    case failed(RunFailure)
    /// The engine says that it stopped before its end.
    case cancelled(String)
    case neverStarted(proof: String)
    case unreachable(String)
    case cannotTell(String)
}

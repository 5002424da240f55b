import EventSourcing

extension RunDecider {
    package static func evolve(_ state: RunState, _ event: RunEvent) -> RunState {
        var state = state
        switch event {
        case .requested(let request):
            state.request = request
            state.phase = .requested
        case .admitted: state.phase = .admitted
        case .queued(let queued): state.phase = .queued(queued.reason)
        case .cancelRequested(let cancel): state.cancelReason = cancel.reason
        case .dispatchIntended(let intent):
            state.attempts = intent.number
            state.phase = .intended(RunAttempt(id: intent.attempt, number: intent.number, epoch: intent.epoch))
        case .dispatched, .started, .progressed, .adopted: state.evolveAttempt(event)
        case .attemptFailed(let failed):
            if let attempt = state.liveAttempt { state.phase = .attemptFailed(attempt, failed.failure) }
        case .retryScheduled(let retry): state.phase = .waitingToRetry(until: retry.at)
        case .resultRecorded(let recorded): state.result = recorded.result
        case .cancelled: state.phase = .ended(.cancelled)
        case .timedOut: state.phase = .ended(.timedOut)
        case .succeeded: state.phase = .ended(.succeeded)
        case .failed: state.phase = .ended(.failed)
        case .outcomeUnknown(let unknown):
            if let attempt = state.liveAttempt { state.phase = .outcomeUnknown(attempt, reason: unknown.reason) }
        case .resolved(let resolution): state.phase = .ended(resolution.outcome.ending)
        }
        return state
    }
}

extension RunState {
    fileprivate mutating func evolveAttempt(_ event: RunEvent) {
        guard var attempt = liveAttempt else { return }
        switch event {
        case .dispatched(let dispatched):
            attempt.externalID = dispatched.externalID
            phase = .dispatched(attempt)
            return
        case .started: attempt.isStarted = true
        case .progressed(let progressed):
            attempt.lastProgress = progressed.progress
            attempt.progressCount += 1
        case .adopted(let adopted): attempt.epoch = adopted.epoch
        case .requested, .admitted, .queued, .dispatchIntended, .attemptFailed, .retryScheduled, .cancelRequested,
            .cancelled, .timedOut, .resultRecorded, .succeeded, .failed, .outcomeUnknown, .resolved:
            return
        }
        if case .intended = phase { phase = .intended(attempt) } else { phase = .dispatched(attempt) }
    }

    /// The run's status as people and API see it.
    package var statusName: String {
        switch phase {
        case .none: "none"
        case .requested: "requested"
        case .queued: "queued"
        case .admitted, .intended, .attemptFailed, .waitingToRetry: cancelReason == nil ? "dispatching" : "ending"
        case .dispatched: cancelReason == nil ? "running" : "ending"
        case .outcomeUnknown: "outcome_unknown"
        case .ended(let ending): ending.rawValue
        }
    }
}

extension RunResolution.Outcome {
    fileprivate var ending: RunEnding {
        switch self {
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }
}

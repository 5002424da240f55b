package import EventSourcing

/// Between a run's events and their stored form.
package enum RunCodec: EventCodec {
    package static let category = "run"

    package static let payloads: [PayloadCoding<RunEvent>] = [
        .init(RunRequested.self, RunEvent.requested),
        .init(RunAdmitted.self, RunEvent.admitted),
        .init(RunQueued.self, RunEvent.queued),
        .init(RunDispatchIntended.self, RunEvent.dispatchIntended),
        .init(RunDispatched.self, RunEvent.dispatched),
        .init(RunStarted.self, RunEvent.started),
        .init(RunProgressed.self, RunEvent.progressed),
        .init(RunAttemptFailed.self, RunEvent.attemptFailed),
        .init(RunRetryScheduled.self, RunEvent.retryScheduled),
        .init(RunAdopted.self, RunEvent.adopted),
        .init(RunCancelRequested.self, RunEvent.cancelRequested),
        .init(RunCancelled.self, RunEvent.cancelled),
        .init(RunTimedOut.self, RunEvent.timedOut),
        .init(RunResultRecorded.self, RunEvent.resultRecorded),
        .init(RunSucceeded.self, RunEvent.succeeded),
        .init(RunFailed.self, RunEvent.failed),
        .init(RunOutcomeUnknown.self, RunEvent.outcomeUnknown),
        .init(RunResolution.self, RunEvent.resolved),
    ]

    package static func payload(of event: RunEvent) -> any EventPayload {
        switch event {
        case .requested(let payload): payload
        case .admitted(let payload): payload
        case .queued(let payload): payload
        case .dispatchIntended(let payload): payload
        case .dispatched(let payload): payload
        case .started(let payload): payload
        case .progressed(let payload): payload
        case .attemptFailed(let payload): payload
        case .retryScheduled(let payload): payload
        case .adopted(let payload): payload
        case .cancelRequested(let payload): payload
        case .cancelled(let payload): payload
        case .timedOut(let payload): payload
        case .resultRecorded(let payload): payload
        case .succeeded(let payload): payload
        case .failed(let payload): payload
        case .outcomeUnknown(let payload): payload
        case .resolved(let payload): payload
        }
    }
}

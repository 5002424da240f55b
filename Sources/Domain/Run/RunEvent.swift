import EventSourcing

/// What has happened to a run.
package enum RunEvent: Hashable, Sendable {
    case requested(RunRequested)
    case admitted(RunAdmitted)
    case queued(RunQueued)
    case dispatchIntended(RunDispatchIntended)
    case dispatched(RunDispatched)
    case started(RunStarted)
    case progressed(RunProgressed)
    case attemptFailed(RunAttemptFailed)
    case retryScheduled(RunRetryScheduled)
    case adopted(RunAdopted)
    case cancelRequested(RunCancelRequested)
    case cancelled(RunCancelled)
    case timedOut(RunTimedOut)
    case resultRecorded(RunResultRecorded)
    case succeeded(RunSucceeded)
    case failed(RunFailed)
    case outcomeUnknown(RunOutcomeUnknown)
    case resolved(RunResolution)
}

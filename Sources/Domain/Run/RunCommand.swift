package import FoundationEssentials

/// What can be asked of a run. All but the first two of these come from the saga that drives it.
package enum RunCommand: Hashable, Sendable {
    case request(RunRequested)
    case requestCancel(reason: String)
    /// A person says how a run of unknown outcome ended.
    case resolve(RunResolution)

    case admit
    case queue(RunQueued)
    case intendDispatch(RunDispatchIntended)
    case recordDispatch(RunDispatched)
    case recordStart
    case recordProgress(RunProgress)
    case failAttempt(RunFailure)
    case scheduleRetry(at: Date)
    case adopt(epoch: Int64)
    case confirmCancel(RunCancelled)
    case timeOut(RunTimedOut)
    case succeed(RunResult)
    case fail(RunFailure)
    case reportUnknown(reason: String)
}

import EventSourcing
import FoundationEssentials

/// The rules of a run: which step may follow which.
///
/// A command that was carried out before yields no events; one that does not fit the run's phase is refused, so that
/// whoever drives the run reads it again.
package enum RunDecider: Decider {
    package typealias Command = RunCommand
    package typealias State = RunState
    package typealias Codec = RunCodec
    package typealias Rejection = DomainRejection

    package static var initial: RunState { RunState() }

    package static func isClosed(_ state: RunState) -> Bool { state.isEnded }

    package static func decide(_ command: RunCommand, _ state: RunState) throws(DomainRejection) -> [RunEvent] {
        if case .request(let request) = command {
            return state.request == nil ? [.requested(request)] : []
        }
        guard state.request != nil else {
            throw DomainRejection(
                .notFound, code: "run-not-found", "there is no such run; list the runs to see their ids")
        }
        switch command {
        case .request: return []
        case .requestCancel(let reason): return try requestCancel(reason, state)
        case .resolve(let resolution): return try resolve(resolution, state)
        case .admit, .queue, .scheduleRetry, .intendDispatch: return try prepare(command, state)
        case .recordDispatch, .recordStart, .recordProgress, .adopt, .failAttempt: return try observe(command, state)
        case .confirmCancel, .timeOut, .succeed, .fail, .reportUnknown: return try end(command, state)
        }
    }

    private static func requestCancel(_ reason: String, _ state: RunState) throws(DomainRejection) -> [RunEvent] {
        try DomainRejection.require(
            reason.utf8.count <= maximumReason, code: "reason-too-long", field: "/reason",
            "reason must not be longer than \(maximumReason) bytes")
        if case .ended(let ending) = state.phase {
            if ending == .cancelled { return [] }
            throw DomainRejection(
                .conflict, code: "run-already-ended",
                "the run has ended (\(ending.rawValue)); there is nothing left to cancel")
        }
        if state.cancelReason != nil { return [] }
        if case .outcomeUnknown = state.phase {
            throw DomainRejection(
                .conflict, code: "run-outcome-unknown",
                "it is not known whether the run still runs; look at its engine, stop it there, then resolve the run")
        }
        return [.cancelRequested(RunCancelRequested(reason: reason))]
    }

    private static func resolve(
        _ resolution: RunResolution, _ state: RunState
    ) throws(DomainRejection) -> [RunEvent] {
        try DomainRejection.require(
            !resolution.reason.isEmpty && resolution.reason.utf8.count <= maximumReason, code: "reason-invalid",
            field: "/reason", "reason must say in 1 to \(maximumReason) bytes how it is known")
        guard case .outcomeUnknown = state.phase else {
            throw DomainRejection(
                .conflict, code: "run-not-unknown",
                "only a run whose outcome is unknown can be resolved; look at the run's state first")
        }
        return [.resolved(resolution)]
    }

    /// The longest reason that a person may give, in UTF-8 bytes.
    package static let maximumReason = 1_000

    private static func prepare(_ command: RunCommand, _ state: RunState) throws(DomainRejection) -> [RunEvent] {
        switch (command, state.phase) {
        case (.admit, .requested), (.admit, .queued): return [.admitted(RunAdmitted())]
        case (.admit, .admitted): return []
        case (.queue(let queued), .queued(let reason)): return queued.reason == reason ? [] : [.queued(queued)]
        case (.queue(let queued), .requested): return [.queued(queued)]
        case (.scheduleRetry(let at), .attemptFailed): return [.retryScheduled(RunRetryScheduled(at: at))]
        case (.intendDispatch(let intent), .admitted), (.intendDispatch(let intent), .waitingToRetry):
            return [.dispatchIntended(intent)]
        case (.intendDispatch(let intent), .intended(let attempt)) where intent.attempt == attempt.id: return []
        case (_, _): throw outOfOrder(command, state)
        }
    }

    private static func observe(_ command: RunCommand, _ state: RunState) throws(DomainRejection) -> [RunEvent] {
        switch (command, state.phase) {
        case (.recordDispatch(let dispatched), .intended(let attempt)) where dispatched.attempt == attempt.id:
            return [.dispatched(dispatched)]
        case (.recordDispatch(let dispatched), .dispatched(let attempt)) where dispatched.attempt == attempt.id:
            return []
        case (.recordStart, .dispatched(let attempt)):
            return attempt.isStarted ? [] : [.started(RunStarted(attempt: attempt.id))]
        case (.recordProgress(let progress), .dispatched(let attempt)):
            return attempt.isWorthRecording(progress)
                ? [.progressed(RunProgressed(attempt: attempt.id, progress: progress))] : []
        case (.adopt(let epoch), .intended(let attempt)), (.adopt(let epoch), .dispatched(let attempt)):
            return epoch == attempt.epoch ? [] : [.adopted(RunAdopted(attempt: attempt.id, epoch: epoch))]
        case (.failAttempt(let failure), .intended(let attempt)), (.failAttempt(let failure), .dispatched(let attempt)):
            return [.attemptFailed(RunAttemptFailed(attempt: attempt.id, failure: failure))]
        case (_, _): throw outOfOrder(command, state)
        }
    }

    private static func end(_ command: RunCommand, _ state: RunState) throws(DomainRejection) -> [RunEvent] {
        switch (command, state.phase) {
        case (.succeed(let result), .dispatched(let attempt)):
            return [
                .resultRecorded(RunResultRecorded(attempt: attempt.id, result: result)), .succeeded(RunSucceeded()),
            ]
        case (.fail(let failure), .attemptFailed): return [.failed(RunFailed(failure: failure))]
        case (.reportUnknown(let reason), .intended), (.reportUnknown(let reason), .dispatched):
            return [.outcomeUnknown(RunOutcomeUnknown(reason: reason))]
        case (.succeed, .ended), (.fail, .ended), (.confirmCancel, .ended), (.timeOut, .ended),
            (.reportUnknown, .outcomeUnknown):
            return []
        // Only a person ends what is not known.
        case (_, .outcomeUnknown): throw outOfOrder(command, state)
        case (.confirmCancel(let cancelled), _) where state.cancelReason != nil: return [.cancelled(cancelled)]
        case (.timeOut(let timedOut), _): return [.timedOut(timedOut)]
        case (_, _): throw outOfOrder(command, state)
        }
    }

    private static func outOfOrder(_ command: RunCommand, _ state: RunState) -> DomainRejection {
        let name = String(describing: command).prefix { $0 != "(" }
        return DomainRejection(
            .conflict, code: "run-step-out-of-order",
            "the step \(name) does not fit the run's state \(state.statusName); read the run again")
    }
}

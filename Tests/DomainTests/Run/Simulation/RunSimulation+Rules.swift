import Domain
import EventSourcing
import Foundation

/// What holds at every moment of every run.
extension RunSimulation {
    /// No submit without its intent in the log; no second one without a proof in between; none for a run that is to end.
    func checkSubmit(_ attempt: RunAttempt, _ owner: SimulatedOwner) throws {
        if owner.state.cancelReason != nil { throw SimulationFault("a submit of a cancelled run") }
        guard owner.epoch == log.epoch else { return }
        guard case .intended(let intended) = log.state.phase, intended.id == attempt.id else {
            throw SimulationFault("a submit that the log does not know of")
        }
        if let known = engine.attempts[attempt.id], known.submissions > 0, !known.isProvedNeverStarted {
            throw SimulationFault("a second submit without a proof that the first one started nothing")
        }
        if engine.activeQueries > 0 { throw SimulationFault("a submit while a query runs") }
    }

    /// At most one query of an attempt, and of the run, runs at any moment.
    func checkStarts() throws {
        if engine.activeQueries > 1 { throw SimulationFault("\(engine.activeQueries) queries run at once") }
        for attempt in engine.attempts.values {
            let undone = attempt.queries.count { $0 == .gone }
            if attempt.starts > 1 + undone { throw SimulationFault("an attempt was started \(attempt.starts) times") }
        }
    }

    /// What an event claims is so.
    func check(_ event: RunEvent) throws {
        try checkStarts()
        switch event {
        case .dispatchIntended(let intent):
            if intent.number > log.state.request?.maximumAttempts ?? 0 { throw SimulationFault("too many attempts") }
            if engine.activeQueries > 0 { throw SimulationFault("an intent while a query runs") }
        case .cancelled, .timedOut, .succeeded, .failed:
            if engine.activeQueries > 0 { throw SimulationFault("the run ended, and a query runs") }
        case .progressed:
            let count = log.state.liveAttempt?.progressCount ?? 0
            if count > RunProgress.maximumEvents { throw SimulationFault("too many progress events") }
        case .requested, .admitted, .queued, .dispatched, .started, .attemptFailed, .retryScheduled, .adopted,
            .cancelRequested, .resultRecorded, .outcomeUnknown, .resolved:
            break
        }
    }

    /// A run that is to end does, in the time that engines are given for it, begun anew by each new owner.
    func checkPatience() throws {
        guard let deadline = log.state.request?.deadline else { return }
        let due = min(deadline, cancelledAt ?? .distantFuture)
        let patience = RunSaga.patience + RunSaga.cancelPatience
        let bound = TimeInterval(losses + 1) * (patience + 60) + 200
        if now > due + bound {
            throw SimulationFault("the run should have ended by \(bound) s ago: \(log.state.phase)")
        }
    }

    /// The run has ended, or a person is asked; and why.
    func checkEnd() throws {
        let state = try log.replayed()
        guard state == log.state else { throw SimulationFault("the whole log folds to another state") }
        switch state.phase {
        case .ended(let ending):
            if ending == .cancelled, state.cancelReason == nil { throw SimulationFault("nobody asked for the cancel") }
            if ending == .timedOut, let deadline = state.request?.deadline, now < deadline {
                throw SimulationFault("timed out before its time")
            }
        case .outcomeUnknown: break
        case .none, .requested, .queued, .admitted, .intended, .dispatched, .attemptFailed, .waitingToRetry:
            throw SimulationFault("nothing is left to do in \(state.phase)")
        }
    }
}

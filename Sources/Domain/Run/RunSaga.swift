package import FoundationEssentials

/// What to do next for a run: state and observation in, action out.
///
/// The runner carries out one action, records its outcome as a command, and asks again. Nothing but the log is needed
/// to go on after a crash: with `.nothing` observed, the answer is to look before anything is done.
package enum RunSaga {
    /// How long an engine may be out of reach before a person is asked.
    package static let patience: TimeInterval = 600
    /// How long an engine may take to confirm a cancel before a person is asked.
    package static let cancelPatience: TimeInterval = 60
    /// How long to wait before an engine that was out of reach is looked at again.
    package static let pause: TimeInterval = 2

    /// - Parameters:
    ///   - seen: What this owner has learnt and not recorded yet.
    ///   - admission: Whether a run may be started now.
    ///   - epoch: The epoch of the owner's lease.
    package static func next(
        _ run: RunState, seen: RunKnowledge, admission: Admission, epoch: Int64, now: Date
    ) -> RunAction {
        switch run.phase {
        case .none, .ended, .outcomeUnknown: return .rest
        case .requested, .queued: return stop(run, .notDispatched, now) ?? admit(run, admission)
        case .admitted: return stop(run, .notDispatched, now) ?? .intend
        case .waitingToRetry(let until):
            if let stop = stop(run, .attemptHadEnded, now) { return stop }
            return now < until ? .wait(until: min(until, run.deadline)) : .intend
        case .attemptFailed(_, let failure): return afterFailure(run, failure, now)
        case .intended(let attempt):
            if attempt.epoch != epoch { return .record(.adopt(epoch: epoch)) }
            return submit(run, seen, now)
        case .dispatched(let attempt):
            if attempt.epoch != epoch { return .record(.adopt(epoch: epoch)) }
            return follow(run, attempt, seen, now)
        }
    }

    private static func admit(_ run: RunState, _ admission: Admission) -> RunAction {
        switch admission {
        case .admitted: return .record(.admit)
        case .queued(let queued):
            if case .queued(queued.reason) = run.phase { return .waitForAdmission(until: run.deadline) }
            return .record(.queue(queued))
        }
    }

    /// What ends a run of which nothing runs anywhere, if it is to end.
    private static func stop(_ run: RunState, _ proof: RunCancelled.Proof, _ now: Date) -> RunAction? {
        if run.cancelReason != nil { return .record(.confirmCancel(RunCancelled(proof: proof))) }
        if now >= run.deadline { return .record(.timeOut(RunTimedOut(proof: proof))) }
        return nil
    }

    private static func afterFailure(_ run: RunState, _ failure: RunFailure, _ now: Date) -> RunAction {
        if let stop = stop(run, .attemptHadEnded, now) { return stop }
        let allowed = run.request?.maximumAttempts ?? 1
        guard failure.isRetryable, run.attempts < allowed else { return .record(.fail(failure)) }
        return .record(.scheduleRetry(at: now + backoff(after: run.attempts)))
    }

    /// 1 s after the first attempt, doubled after each further one, 5 minutes at most.
    package static func backoff(after attempts: Int) -> TimeInterval {
        min(300, TimeInterval(1 << min(max(attempts - 1, 0), 16)))
    }

    private static func submit(_ run: RunState, _ seen: RunKnowledge, _ now: Date) -> RunAction {
        switch seen.observation {
        case .nothing, .submissionUnknown: return .look
        case .intentRecorded: return stop(run, .notDispatched, now) ?? .submit
        case .neverStarted: return stop(run, .notDispatched, now) ?? .submit
        case .submitted(let dispatched): return .record(.recordDispatch(dispatched))
        case .rejected(let failure), .failed(let failure): return .record(.failAttempt(failure))
        case .cancelled(let why): return .record(.failAttempt(cancelledElsewhere(why)))
        case .unreachable(let why): return wait(why, seen, now)
        case .cannotTell(let why): return .record(.reportUnknown(reason: why))
        case .running, .succeeded:
            return .record(.reportUnknown(reason: "the engine knows the attempt, but its handle was lost"))
        }
    }

    private static func follow(
        _ run: RunState, _ attempt: RunAttempt, _ seen: RunKnowledge, _ now: Date
    ) -> RunAction {
        switch seen.observation {
        case .succeeded(let result): return .record(.succeed(result))
        case .failed(let failure), .rejected(let failure): return .record(.failAttempt(failure))
        case .cancelled(let why): return afterCancel(run, why, now)
        case .neverStarted(let proof):
            return stop(run, .engineConfirmed, now)
                ?? .record(
                    .failAttempt(
                        RunFailure(
                            code: "ATTEMPT_LOST", fault: .infrastructure,
                            message: "The attempt was lost before it took effect: \(proof)", isRetryable: true)))
        case .cannotTell(let why): return .record(.reportUnknown(reason: why))
        case .unreachable(let why): return wait(why, seen, now)
        case .nothing, .intentRecorded, .submitted, .submissionUnknown, .running: break
        }
        if run.cancelReason != nil || now >= run.deadline {
            guard let sent = seen.cancelSentAt else { return .cancelAtEngine }
            if now.timeIntervalSince(sent) > cancelPatience {
                return .record(
                    .reportUnknown(
                        reason: """
                            the engine was asked to stop it, and has not confirmed that within \(Int(cancelPatience)) s
                            """))
            }
        }
        if case .running(let progress) = seen.observation {
            if !attempt.isStarted { return .record(.recordStart) }
            if attempt.isWorthRecording(progress) { return .record(.recordProgress(progress)) }
        }
        return .look
    }

    private static func afterCancel(_ run: RunState, _ why: String, _ now: Date) -> RunAction {
        if run.cancelReason != nil {
            return .record(.confirmCancel(RunCancelled(proof: .engineConfirmed, detail: why)))
        }
        if now >= run.deadline { return .record(.timeOut(RunTimedOut(proof: .engineConfirmed))) }
        return .record(.failAttempt(cancelledElsewhere(why)))
    }

    private static func cancelledElsewhere(_ why: String) -> RunFailure {
        RunFailure(
            code: "CANCELLED_AT_ENGINE", fault: .user,
            message: "The statement was stopped at the engine, not through Weir: \(why)", isRetryable: false)
    }

    private static func wait(_ why: String, _ seen: RunKnowledge, _ now: Date) -> RunAction {
        guard let since = seen.unreachableSince, now.timeIntervalSince(since) > patience else {
            return .wait(until: now + pause)
        }
        return .record(
            .reportUnknown(reason: "the engine has been out of reach for \(Int(patience)) s: \(why)"))
    }
}

extension RunState {
    fileprivate var deadline: Date { request?.deadline ?? .distantFuture }
}

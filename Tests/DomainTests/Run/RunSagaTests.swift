import Domain
import EventSourcing
import Foundation
import Testing

/// The saga's answers, phase by phase and observation by observation.
@Suite struct RunSagaTests {
    private typealias H = RunHistories
    private static let deadline = RunRequested.sample.deadline
    private static let before = deadline - 1_000
    private static let progress = RunProgress(state: "RUNNING", percent: 50, rowsProcessed: nil, bytesProcessed: nil)
    private static let dispatched = RunDispatched(attempt: .sample(1), externalID: "q1", link: nil)

    private static let observations: [RunObservation] = [
        .nothing, .intentRecorded, .submitted(dispatched), .rejected(.final), .submissionUnknown("x"),
        .running(progress), .succeeded(.sample), .failed(.retryable), .cancelled("x"), .neverStarted(proof: "x"),
        .unreachable("x"), .cannotTell("x"),
    ]

    private func next(
        _ history: [RunEvent], _ observation: RunObservation = .nothing, cancelSent: TimeInterval? = nil,
        unreachableFor: TimeInterval? = nil, admission: Admission = .admitted, epoch: Int64 = H.epoch,
        now: Date = before
    ) -> RunAction {
        var seen = RunKnowledge()
        if let unreachableFor { seen.note(.unreachable("x"), at: now - unreachableFor) }
        seen.note(observation, at: now)
        seen.cancelSentAt = cancelSent.map { now - $0 }
        return RunSaga.next(RunDecider.fold(history), seen: seen, admission: admission, epoch: epoch, now: now)
    }

    @Test func `before an attempt, whatever was seen does not matter`() {
        let queued = RunQueued(reason: .runnerFull, message: "full")
        for seen in Self.observations {
            #expect(next([], seen) == .rest)
            #expect(next(H.requested, seen) == .record(.admit))
            #expect(next(H.requested, seen, admission: .queued(queued)) == .record(.queue(queued)))
            #expect(next(H.queued, seen) == .record(.admit))
            #expect(
                next(H.queued, seen, admission: .queued(queued)) == .waitForAdmission(until: Self.deadline))
            #expect(next(H.admitted, seen) == .intend)
            #expect(next(H.unknown, seen) == .rest)
            for ended in H.ended { #expect(next(ended, seen) == .rest) }
        }
    }

    @Test(
        arguments: zip(
            observations,
            [
                RunAction.look, .submit, .record(.recordDispatch(dispatched)), .record(.failAttempt(.final)), .look,
                .record(.reportUnknown(reason: "the engine knows the attempt, but its handle was lost")),
                .record(.reportUnknown(reason: "the engine knows the attempt, but its handle was lost")),
                .record(.failAttempt(.retryable)), .record(.failAttempt(.cancelledElsewhere)), .submit,
                .wait(until: before + RunSaga.pause), .record(.reportUnknown(reason: "x")),
            ]))
    func `an intended attempt is submitted only when it is known that no engine has it`(
        seen: RunObservation, action: RunAction
    ) {
        #expect(next(H.intended, seen) == action)
        #expect(next(H.intended, seen, epoch: 8) == .record(.adopt(epoch: 8)))
    }

    @Test(
        arguments: zip(
            observations,
            [
                RunAction.look, .look, .look, .record(.failAttempt(.final)), .look, .record(.recordStart),
                .record(.succeed(.sample)), .record(.failAttempt(.retryable)),
                .record(.failAttempt(.cancelledElsewhere)),
                .record(.failAttempt(.lost)), .wait(until: before + RunSaga.pause),
                .record(.reportUnknown(reason: "x")),
            ]))
    func `a dispatched attempt is followed and never submitted`(seen: RunObservation, action: RunAction) {
        #expect(next(H.dispatched, seen) == action)
        #expect(next(H.dispatched, seen, epoch: 8) == .record(.adopt(epoch: 8)))
    }

    @Test func `a start is recorded, then progress that is worth it, then nothing more`() {
        let seen = RunObservation.running(Self.progress)
        #expect(next(H.dispatched, seen) == .record(.recordStart))
        #expect(next(H.started, seen) == .record(.recordProgress(Self.progress)))
        let progressed = RunEvent.progressed(RunProgressed(attempt: .sample(1), progress: Self.progress))
        #expect(next(H.started + [progressed], seen) == .look)
    }

    @Test func `a failed attempt is tried again as often as allowed, with growing pauses, and only when it may be`() {
        #expect(next(H.attemptFailed) == .record(.scheduleRetry(at: Self.before + 1)))
        let second = H.retried + [.attemptFailed(RunAttemptFailed(attempt: .sample(2), failure: .retryable))]
        #expect(next(second) == .record(.scheduleRetry(at: Self.before + 2)))
        let third =
            H.waitingToRetry + [
                .dispatchIntended(.sample(attempt: 3, number: 3)),
                .attemptFailed(RunAttemptFailed(attempt: .sample(3), failure: .retryable)),
            ]
        #expect(next(third) == .record(.fail(.retryable)))
        let final = H.dispatched + [.attemptFailed(RunAttemptFailed(attempt: .sample(1), failure: .final))]
        #expect(next(final) == .record(.fail(.final)))
        #expect((1...12).map(RunSaga.backoff) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        #expect([0, -1, .max].map(RunSaga.backoff) == [1, 1, 300])
    }

    @Test func `a retry waits for its time, and no longer than the run may take`() {
        #expect(next(H.waitingToRetry, now: H.retryTime - 1) == .wait(until: H.retryTime))
        #expect(next(H.waitingToRetry, now: H.retryTime) == .intend)
        let late = H.attemptFailed + [.retryScheduled(RunRetryScheduled(at: Self.deadline + 60))]
        #expect(next(late) == .wait(until: Self.deadline))
    }

    @Test(arguments: [
        (H.requested, RunCancelled.Proof.notDispatched), (H.queued, .notDispatched), (H.admitted, .notDispatched),
        (H.attemptFailed, .attemptHadEnded), (H.waitingToRetry, .attemptHadEnded),
    ])
    func `where nothing runs, a cancel or the deadline ends the run at once`(
        history: [RunEvent], proof: RunCancelled.Proof
    ) {
        #expect(next(H.cancelling(history)) == .record(.confirmCancel(RunCancelled(proof: proof))))
        #expect(next(history, now: Self.deadline) == .record(.timeOut(RunTimedOut(proof: proof))))
        // Who asked for a cancel gets one.
        #expect(
            next(H.cancelling(history), now: Self.deadline) == .record(.confirmCancel(RunCancelled(proof: proof))))
    }

    @Test func `an intent that no engine has heard of is cancelled or timed out instead of submitted`() {
        for seen in [RunObservation.intentRecorded, .neverStarted(proof: "x")] {
            let proof = RunCancelled.Proof.notDispatched
            #expect(next(H.cancelling(H.intended), seen) == .record(.confirmCancel(RunCancelled(proof: proof))))
            #expect(next(H.intended, seen, now: Self.deadline) == .record(.timeOut(RunTimedOut(proof: proof))))
        }
        // What may be known to an engine is looked at first.
        for seen in [RunObservation.nothing, .submissionUnknown("x")] {
            #expect(next(H.cancelling(H.intended), seen) == .look)
            #expect(next(H.intended, seen, now: Self.deadline) == .look)
        }
    }

    @Test func `what runs is asked to stop once, and the run ends with what the engine says`() {
        let running = RunObservation.running(Self.progress)
        for (history, now) in [(H.cancelling(H.started), Self.before), (H.started, Self.deadline)] {
            for seen in [RunObservation.nothing, running, .submitted(Self.dispatched)] {
                #expect(next(history, seen, now: now) == .cancelAtEngine)
            }
            #expect(next(history, .nothing, cancelSent: 1, now: now) == .look)
            #expect(next(history, .succeeded(.sample), cancelSent: 1, now: now) == .record(.succeed(.sample)))
            #expect(
                next(history, .failed(.retryable), cancelSent: 1, now: now) == .record(.failAttempt(.retryable)))
        }
        let confirmed = RunCancelled(proof: .engineConfirmed, detail: "x")
        #expect(
            next(H.cancelling(H.started), .cancelled("x"), cancelSent: 1) == .record(.confirmCancel(confirmed)))
        #expect(
            next(H.started, .cancelled("x"), cancelSent: 1, now: Self.deadline)
                == .record(.timeOut(RunTimedOut(proof: .engineConfirmed))))
        #expect(next(H.started, .cancelled("x")) == .record(.failAttempt(.cancelledElsewhere)))
    }

    @Test func `an attempt that was never started ends the run that is to end`() {
        let seen = RunObservation.neverStarted(proof: "x")
        #expect(
            next(H.cancelling(H.started), seen)
                == .record(.confirmCancel(RunCancelled(proof: .engineConfirmed))))
        #expect(
            next(H.started, seen, now: Self.deadline) == .record(.timeOut(RunTimedOut(proof: .engineConfirmed))))
    }

    @Test func `an engine that does not stop in time makes the outcome unknown`() {
        for seen in [RunObservation.nothing, .running(Self.progress)] {
            let action = next(H.cancelling(H.started), seen, cancelSent: RunSaga.cancelPatience + 1)
            guard case .record(.reportUnknown(let reason)) = action else { Issue.record("\(action)"); continue }
            #expect(reason.contains("60 s"))
            let early = next(H.cancelling(H.started), seen, cancelSent: RunSaga.cancelPatience)
            #expect(early == .look || early == .record(.recordProgress(Self.progress)))
        }
    }

    @Test func `patience with an engine out of reach is long, ends, and starts anew when it was reached`() {
        for history in [H.intended, H.started, H.cancelling(H.started)] {
            let still = next(history, .unreachable("x"), unreachableFor: RunSaga.patience)
            #expect(still == .wait(until: Self.before + RunSaga.pause))
            let over = next(history, .unreachable("x"), unreachableFor: RunSaga.patience + 1)
            guard case .record(.reportUnknown(let reason)) = over else { Issue.record("\(over)"); continue }
            #expect(reason.contains("600 s"))
        }
        var seen = RunKnowledge()
        seen.note(.unreachable("x"), at: Self.before)
        seen.note(.nothing, at: Self.before + 1)
        seen.note(.unreachable("x"), at: Self.before + 2)
        #expect(seen.unreachableSince == Self.before)
        seen.noteCancelSent(at: Self.before + 3)
        #expect(seen.unreachableSince == nil && seen.cancelSentAt == Self.before + 3 && seen.observation == .nothing)
        seen.note(.unreachable("x"), at: Self.before + 4)
        seen.note(.running(Self.progress), at: Self.before + 5)
        #expect(seen.unreachableSince == nil)
    }

    @Test func `whatever is seen in whatever phase, what is to be recorded is accepted and says something new`() {
        let queued = Admission.queued(RunQueued(reason: .runnerFull, message: "full"))
        for history in H.open + H.open.dropLast().map(H.cancelling) {
            let state = RunDecider.fold(history)
            let live = RunDispatched(attempt: state.liveAttempt?.id ?? .sample(1), externalID: "q", link: nil)
            for seen in Self.observations.map({ $0 == .submitted(Self.dispatched) ? .submitted(live) : $0 }) {
                for (admission, epoch) in [(Admission.admitted, H.epoch), (queued, 8)] {
                    for (now, age) in [
                        (Self.before, 1.0), (Self.before, 10_000), (Self.deadline, 1), (Self.deadline, 10_000),
                    ] {
                        for cancelSent in [nil, age] {
                            let action = next(
                                history, seen, cancelSent: cancelSent, unreachableFor: age, admission: admission,
                                epoch: epoch, now: now)
                            guard case .record(let command) = action else { continue }
                            let events = try? RunDecider.decide(command, state)
                            #expect(events?.isEmpty == false, "\(command) in \(state.phase)")
                        }
                    }
                }
            }
        }
    }
}

extension RunFailure {
    fileprivate static let cancelledElsewhere = RunFailure(
        code: "CANCELLED_AT_ENGINE", fault: .user,
        message: "The statement was stopped at the engine, not through Weir: x", isRetryable: false)
    fileprivate static let lost = RunFailure(
        code: "ATTEMPT_LOST", fault: .infrastructure, message: "The attempt was lost before it took effect: x",
        isRetryable: true)
}

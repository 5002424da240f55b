import Domain
import EventSourcing
import TestSupport
import Testing

/// What the saga records: which step may follow which.
@Suite struct RunStepTests {
    private let run = Specification<RunDecider>()
    private typealias H = RunHistories

    private func progress(_ percent: Int?) -> RunProgress {
        RunProgress(state: "RUNNING", percent: percent, rowsProcessed: nil, bytesProcessed: nil)
    }

    @Test func `a run is admitted from the start or from the queue`() {
        run.given(H.requested).when(.admit).then(.admitted(RunAdmitted()))
        run.given(H.queued).when(.admit).then(.admitted(RunAdmitted()))
    }

    @Test func `a run is queued with its reason, once for each reason`() {
        let queued = RunQueued(reason: .runnerFull, message: "full")
        run.given(H.requested).when(.queue(queued)).then(.queued(queued))
        run.given(H.queued).when(.queue(RunQueued(reason: .runnerFull, message: "still full"))).thenNothing()
    }

    @Test func `an intent follows an admission or a wait`() {
        run.given(H.admitted).when(.intendDispatch(.sample())).then(.dispatchIntended(.sample()))
        let second = RunDispatchIntended.sample(attempt: 2, number: 2)
        run.given(H.waitingToRetry).when(.intendDispatch(second)).then(.dispatchIntended(second))
        run.given(H.intended).when(.intendDispatch(.sample(attempt: 2))).thenRejects(code: "run-step-out-of-order")
    }

    @Test func `only the attempt that was intended is dispatched`() {
        let dispatched = RunDispatched(attempt: .sample(1), externalID: "q1", link: nil)
        run.given(H.intended).when(.recordDispatch(dispatched)).then(.dispatched(dispatched))
        run.given(H.retried).when(.recordDispatch(dispatched)).thenRejects(code: "run-step-out-of-order")
    }

    @Test func `a start is noted once for an attempt`() {
        run.given(H.dispatched).when(.recordStart).then(.started(RunStarted(attempt: .sample(1))))
        run.given(H.intended).when(.recordStart).thenRejects(code: "run-step-out-of-order")
    }

    @Test func `progress is noted in steps, forwards only, and bounded in number`() {
        let event = { RunEvent.progressed(RunProgressed(attempt: .sample(1), progress: self.progress($0))) }
        run.given(H.started).when(.recordProgress(progress(30))).then(event(30))
        run.given(H.started + [event(30)]).when(.recordProgress(progress(40))).then(event(40))
        for percent in [39, 30, 0, nil] {
            run.given(H.started + [event(30)]).when(.recordProgress(progress(percent))).thenNothing()
        }
        for percent in [0, nil] { run.given(H.started).when(.recordProgress(progress(percent))).thenNothing() }
        let most = [RunEvent](repeating: event(0), count: RunProgress.maximumEvents)
        run.given(H.started + most).when(.recordProgress(progress(100))).thenNothing()
    }

    @Test func `a new owner adopts the attempt that may be known to an engine`() {
        for history in [H.intended, H.dispatched, H.started] {
            run.given(history).when(.adopt(epoch: 8)).then(.adopted(RunAdopted(attempt: .sample(1), epoch: 8)))
            run.given(history).when(.adopt(epoch: H.epoch)).thenNothing()
            let adopted = RunDecider.fold(history + [.adopted(RunAdopted(attempt: .sample(1), epoch: 8))])
            #expect(adopted.liveAttempt?.epoch == 8)
            #expect(adopted.statusName == RunDecider.fold(history).statusName)
        }
        run.given(H.admitted).when(.adopt(epoch: 8)).thenRejects(code: "run-step-out-of-order")
    }

    @Test func `an attempt fails, and then the run fails or waits`() {
        for history in [H.intended, H.dispatched, H.started] {
            run.given(history).when(.failAttempt(.retryable)).then(
                .attemptFailed(RunAttemptFailed(attempt: .sample(1), failure: .retryable)),
                repeated: .isRejected(code: "run-step-out-of-order"))
        }
        run.given(H.attemptFailed).when(.fail(.retryable)).then(.failed(RunFailed(failure: .retryable)))
        run.given(H.attemptFailed).when(.scheduleRetry(at: H.retryTime)).then(
            .retryScheduled(RunRetryScheduled(at: H.retryTime)), repeated: .isRejected(code: "run-step-out-of-order"))
        run.given(H.dispatched).when(.fail(.final)).thenRejects(code: "run-step-out-of-order")
    }

    @Test func `success has its result beside it, and follows a dispatch only`() {
        run.given(H.started).when(.succeed(.sample)).then(
            .resultRecorded(RunResultRecorded(attempt: .sample(1), result: .sample)), .succeeded(RunSucceeded()))
        for history in [H.requested, H.intended, H.attemptFailed, H.waitingToRetry] {
            run.given(history).when(.succeed(.sample)).thenRejects(code: "run-step-out-of-order")
        }
    }

    @Test func `a run is cancelled only when somebody asked for it`() {
        let cancelled = RunCancelled(proof: .engineConfirmed)
        for history in H.open.dropLast() {
            run.given(history).when(.confirmCancel(cancelled)).thenRejects(code: "run-step-out-of-order")
            run.given(H.cancelling(history)).when(.confirmCancel(cancelled)).then(.cancelled(cancelled))
        }
    }

    @Test func `a run may time out in every phase in which it waits for something`() {
        let timedOut = RunTimedOut(proof: .engineConfirmed)
        for history in H.open.dropLast() {
            run.given(history).when(.timeOut(timedOut)).then(.timedOut(timedOut))
        }
    }

    @Test func `an unknown outcome is one of an attempt that an engine may know`() {
        for history in [H.intended, H.dispatched, H.started, H.retried] {
            run.given(history).when(.reportUnknown(reason: "lost"))
                .then(.outcomeUnknown(RunOutcomeUnknown(reason: "lost")))
        }
        for history in [H.requested, H.admitted, H.attemptFailed, H.waitingToRetry] {
            run.given(history).when(.reportUnknown(reason: "lost")).thenRejects(code: "run-step-out-of-order")
        }
    }

    @Test func `a run that is tried and reports as often as it may stays far below the longest stream`() {
        let perAttempt = RunProgress.maximumEvents + 10
        #expect(JobDefinition.attemptsRange.upperBound * perAttempt < EventStoreLimits().streamLength / 10)
    }

    @Test func `every status has its name`() {
        let names = (H.open + H.ended).map { RunDecider.fold($0).statusName }
        #expect(
            names == [
                "requested", "queued", "dispatching", "dispatching", "running", "running", "dispatching",
                "dispatching", "dispatching", "outcome_unknown", "succeeded", "failed", "cancelled", "timed_out",
            ])
        #expect(RunDecider.fold(H.cancelling(H.started)).statusName == "ending")
        #expect(RunDecider.initial.statusName == "none")
    }

    @Test func `any events in any order make a state, and no command on it traps`() throws {
        var generator = SeededGenerator(seed: 3)
        let events = (H.open + H.ended).flatMap { $0 } + [.adopted(RunAdopted(attempt: .sample(9), epoch: 1))]
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...12, using: &generator)
            let state = RunDecider.fold((0..<count).compactMap { _ in events.randomElement(using: &generator) })
            for command in RunCommand.each {
                guard let decided = try? RunDecider.decide(command, state) else { continue }
                let after = RunDecider.fold(decided, from: state)
                let again = (try? RunDecider.decide(command, after)) ?? []
                #expect(again == [], "\(command), asked again in \(state)")
            }
        }
    }
}

import Domain
import EventSourcing
import Foundation

extension EventSample {
    private static func run(_ event: RunEvent, _ variant: String? = nil) -> EventSample {
        EventSample(RunCodec.self, event, variant: variant)
    }

    static let runPreparation = [
        run(.requested(.sample)),
        run(.admitted(RunAdmitted())),
        run(.queued(RunQueued(reason: .runnerFull, message: "10 runs are under way"))),
        run(.cancelRequested(RunCancelRequested(reason: "wrong day"))),
    ]

    static let runAttempt = [
        run(.dispatchIntended(.sample())),
        run(
            .dispatched(
                RunDispatched(attempt: .sample(1), externalID: "20260131_1", link: "https://trino.example/ui/1"))),
        run(.dispatched(RunDispatched(attempt: .sample(1), externalID: "771", link: nil)), "without-link"),
        run(.started(RunStarted(attempt: .sample(1)))),
        run(
            .progressed(
                RunProgressed(
                    attempt: .sample(1),
                    progress: RunProgress(state: "RUNNING", percent: 40, rowsProcessed: 12, bytesProcessed: 1 << 40)))),
        run(
            .progressed(
                RunProgressed(
                    attempt: .sample(1),
                    progress: RunProgress(
                        state: "QUEUED", percent: nil, rowsProcessed: nil, bytesProcessed: nil))), "least"),
        run(.attemptFailed(RunAttemptFailed(attempt: .sample(1), failure: .retryable))),
        run(.retryScheduled(RunRetryScheduled(at: Date(timeIntervalSince1970: 1_790_000_007.919)))),
        run(.adopted(RunAdopted(attempt: .sample(1), epoch: 8))),
    ]

    static let runEnding = [
        run(.cancelled(RunCancelled(proof: .engineConfirmed, detail: "USER_CANCELED"))),
        run(.cancelled(RunCancelled(proof: .notDispatched)), "not-dispatched"),
        run(.cancelled(RunCancelled(proof: .attemptHadEnded)), "attempt-had-ended"),
        run(.timedOut(RunTimedOut(proof: .engineConfirmed))),
        run(.resultRecorded(RunResultRecorded(attempt: .sample(1), result: .sample))),
        run(.resultRecorded(RunResultRecorded(attempt: .sample(1), result: .changes)), "changes"),
        run(.succeeded(RunSucceeded())),
        run(.failed(RunFailed(failure: .final))),
        run(.outcomeUnknown(RunOutcomeUnknown(reason: "the engine has forgotten it"))),
        run(.resolved(RunResolution(outcome: .failed, reason: "seen in the engine's log"))),
    ]
}

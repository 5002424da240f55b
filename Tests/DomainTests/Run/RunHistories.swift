import Domain
import Foundation

/// The start of a run's history, up to each phase.
enum RunHistories {
    static let epoch: Int64 = 7
    static let requested: [RunEvent] = [.requested(.sample)]
    static let queued = requested + [.queued(RunQueued(reason: .runnerFull, message: "full"))]
    static let admitted = requested + [.admitted(RunAdmitted())]
    static let intended = admitted + [.dispatchIntended(.sample(epoch: epoch))]
    static let dispatched =
        intended + [.dispatched(RunDispatched(attempt: .sample(1), externalID: "q1", link: nil))]
    static let started = dispatched + [.started(RunStarted(attempt: .sample(1)))]
    static let attemptFailed =
        dispatched + [.attemptFailed(RunAttemptFailed(attempt: .sample(1), failure: .retryable))]
    static let waitingToRetry = attemptFailed + [.retryScheduled(RunRetryScheduled(at: retryTime))]
    static let retried = waitingToRetry + [.dispatchIntended(.sample(attempt: 2, number: 2, epoch: epoch))]
    static let unknown = dispatched + [.outcomeUnknown(RunOutcomeUnknown(reason: "lost"))]
    static let succeeded =
        dispatched + [
            .resultRecorded(RunResultRecorded(attempt: .sample(1), result: .sample)), .succeeded(RunSucceeded()),
        ]
    static let failed = attemptFailed + [.failed(RunFailed(failure: .retryable))]
    static let cancelled =
        requested + [
            .cancelRequested(RunCancelRequested(reason: "enough")),
            .cancelled(RunCancelled(proof: .notDispatched)),
        ]
    static let timedOut = requested + [.timedOut(RunTimedOut(proof: .notDispatched))]

    static let retryTime = Date(timeIntervalSince1970: 1_790_000_000)

    /// Histories of runs that exist and have not ended.
    static let open = [
        requested, queued, admitted, intended, dispatched, started, attemptFailed, waitingToRetry, retried, unknown,
    ]
    static let ended = [succeeded, failed, cancelled, timedOut]

    static func cancelling(_ history: [RunEvent]) -> [RunEvent] {
        history + [.cancelRequested(RunCancelRequested(reason: "enough"))]
    }
}

extension RunCommand {
    /// One command of each kind, fitting attempt 1.
    static let each: [RunCommand] = [
        .request(.sample), .requestCancel(reason: "enough"),
        .resolve(RunResolution(outcome: .succeeded, reason: "seen")), .admit,
        .queue(RunQueued(reason: .runnerFull, message: "full")), .intendDispatch(.sample(epoch: 7)),
        .recordDispatch(RunDispatched(attempt: .sample(1), externalID: "q1", link: nil)), .recordStart,
        .recordProgress(RunProgress(state: "RUNNING", percent: 50, rowsProcessed: nil, bytesProcessed: nil)),
        .failAttempt(.retryable), .scheduleRetry(at: RunHistories.retryTime), .adopt(epoch: 8),
        .confirmCancel(RunCancelled(proof: .engineConfirmed)), .timeOut(RunTimedOut(proof: .engineConfirmed)),
        .succeed(.sample), .fail(.final), .reportUnknown(reason: "lost"),
    ]
}

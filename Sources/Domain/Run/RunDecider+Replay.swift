import EventSourcing

extension RunDecider: ReplayableDecider {
    package static func command(thatLedTo events: [RunEvent], from state: RunState) -> RunCommand? {
        guard let event = events.first else { return nil }
        if case .resultRecorded(let recorded) = event, events.dropFirst() == [.succeeded(RunSucceeded())] {
            return .succeed(recorded.result)
        }
        return events.count == 1 ? command(thatLedTo: event) : nil
    }

    private static func command(thatLedTo event: RunEvent) -> RunCommand? {
        switch event {
        case .requested(let request): .request(request)
        case .admitted: .admit
        case .queued(let queued): .queue(queued)
        case .dispatchIntended(let intent): .intendDispatch(intent)
        case .dispatched(let dispatched): .recordDispatch(dispatched)
        case .started: .recordStart
        case .progressed(let progressed): .recordProgress(progressed.progress)
        case .attemptFailed(let failed): .failAttempt(failed.failure)
        case .retryScheduled(let retry): .scheduleRetry(at: retry.at)
        case .adopted(let adopted): .adopt(epoch: adopted.epoch)
        case .cancelRequested(let cancel): .requestCancel(reason: cancel.reason)
        case .cancelled(let cancelled): .confirmCancel(cancelled)
        case .timedOut(let timedOut): .timeOut(timedOut)
        case .failed(let failed): .fail(failed.failure)
        case .outcomeUnknown(let unknown): .reportUnknown(reason: unknown.reason)
        case .resolved(let resolution): .resolve(resolution)
        case .resultRecorded, .succeeded: nil
        }
    }
}

import Domain
import Synchronization

/// Wakes the drivers of runs when the log has something new for them.
final class RunSignals: Sendable {
    private struct Box {
        var isRaised = false
        /// How far the driver has seen the run's stream; nil before it has loaded it.
        var version: Int?
        /// The time of a wait was over before the wait had begun.
        var isOverdue = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let boxes = Mutex<[RunID: Box]>([:])

    /// Begins to keep signals for a run; false when that has been done.
    func open(_ run: RunID) -> Bool {
        boxes.withLock { boxes in
            guard boxes[run] == nil else { return false }
            boxes[run] = Box()
            return true
        }
    }

    func close(_ run: RunID) {
        boxes.withLock { $0.removeValue(forKey: run) }?.waiter?.resume()
    }

    /// Says how far the driver of a run has seen its stream: its own events are no news to it.
    func know(_ version: Int, of run: RunID) {
        boxes.withLock { $0[run]?.version = version }
    }

    /// How many drivers have not yet loaded their run.
    var loading: Int { boxes.withLock { $0.values.count { $0.version == nil } } }

    /// Notes that there is something new for a run.
    ///
    /// - Parameter version: Of the event in the run's stream; nil for what is not in the log.
    /// - Returns: False when nobody drives it.
    @discardableResult
    func raise(_ run: RunID, version: Int? = nil) -> Bool {
        let (known, waiter) = boxes.withLock { boxes in
            guard var box = boxes[run] else { return (false, CheckedContinuation<Void, Never>?.none) }
            if let version, let seen = box.version, version <= seen { return (true, nil) }
            let waiter = box.waiter
            box.waiter = nil
            box.isRaised = true
            boxes[run] = box
            return (true, waiter)
        }
        waiter?.resume()
        return known
    }

    /// Whether there was something new since the last time this was asked.
    func take(_ run: RunID) -> Bool {
        boxes.withLock { boxes in
            let wasRaised = boxes[run]?.isRaised ?? false
            boxes[run]?.isRaised = false
            return wasRaised
        }
    }

    /// Returns when there is something new for a run, or when `timeout` has passed. The signal stays raised.
    func wait(for run: RunID, timeout: Duration) async throws {
        boxes.withLock { $0[run]?.isOverdue = false }
        let timer = Task {
            try await Task.sleep(for: timeout)
            wake(run)
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let returnsNow = boxes.withLock { boxes in
                    guard let box = boxes[run], !box.isRaised, !box.isOverdue, !Task.isCancelled else { return true }
                    boxes[run]?.waiter = continuation
                    return false
                }
                if returnsNow { continuation.resume() }
            }
        } onCancel: {
            wake(run)
        }
        try Task.checkCancellation()
    }

    private func wake(_ run: RunID) {
        let waiter = boxes.withLock { boxes in
            let waiter = boxes[run]?.waiter
            boxes[run]?.waiter = nil
            boxes[run]?.isOverdue = true
            return waiter
        }
        waiter?.resume()
    }
}

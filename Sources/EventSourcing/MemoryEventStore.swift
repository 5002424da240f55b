package import FoundationEssentials
import Synchronization

/// The log in memory, for tests and for folding recorded histories. It keeps the same contract as the one in Postgres.
package final class MemoryEventStore: EventStore {
    private let log = Mutex(MemoryLog())
    private let now: @Sendable () -> Date
    private let limits: EventStoreLimits
    private let storeEpoch = StoreEpoch(UUID())

    /// - Parameter now: The log's clock.
    package init(limits: EventStoreLimits = EventStoreLimits(), now: @escaping @Sendable () -> Date) {
        self.limits = limits
        self.now = now
    }

    /// Makes `fence` the valid one for its name.
    package func grant(_ fence: LeaseFence) {
        log.withLock { $0.epochs[fence.name] = fence.epoch }
    }

    package func append(_ request: AppendRequest) async throws -> AppendOutcome {
        try request.checkBounds(metadata: request.metadata.jsonText())
        let now = now()
        let (outcome, woken) = log.withLock { log -> (AppendOutcome, [CheckedContinuation<Void, Never>]) in
            if let refusal = log.refusal(of: request, limits, now: now) { return (refusal, []) }
            let receipt = log.record(request, at: now, receiptUntil: now + limits.receiptLifetime.timeInterval)
            let woken = Array(log.waiters.values)
            log.waiters = [:]
            return (.appended(receipt), woken)
        }
        for continuation in woken { continuation.resume() }
        return outcome
    }

    package func readStream(_ stream: StreamName, after version: Int, limit: Int) async throws -> [EventEnvelope] {
        log.withLock { log in
            Array(log.events.lazy.filter { $0.stream == stream && $0.version > version }.prefix(limit))
        }
    }

    package func readAll(after seq: Int64, limit: Int) async throws -> [EventEnvelope] {
        log.withLock { Array($0.events.dropFirst(Int(max(0, seq))).prefix(limit)) }
    }

    package func head() async throws -> Int64 {
        log.withLock { Int64($0.events.count) }
    }

    package func receipt(for key: IdempotencyKey) async throws -> AppendOutcome? {
        let now = now()
        return log.withLock { $0.outcome(of: key, now: now) }
    }

    package func epoch() async throws -> StoreEpoch { storeEpoch }

    package func waitForEvents(after seq: Int64, timeout: Duration) async throws {
        await withTaskGroup { group in
            group.addTask { await self.waitForEvents(after: seq) }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    /// Returns when there are events after `seq`, or the task is cancelled, also when it was cancelled before.
    private func waitForEvents(after seq: Int64) async {
        let id = UUID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let returnsNow = log.withLock { log in
                    if Int64(log.events.count) > seq || Task.isCancelled { return true }
                    log.waiters[id] = continuation
                    return false
                }
                if returnsNow { continuation.resume() }
            }
        } onCancel: {
            log.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}

extension Duration {
    /// In seconds.
    fileprivate var timeInterval: TimeInterval { self / .seconds(1) }
}

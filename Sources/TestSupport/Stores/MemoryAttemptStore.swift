package import ControlPlane
import Cryptography
package import Domain
package import EventSourcing
import Synchronization

/// What belongs to attempts, in memory.
package final class MemoryAttemptStore: AttemptStore {
    private struct Attempt {
        var handle: EngineHandle?
        var columns: [ResultColumn] = []
        var rows: [String] = []
        var isTruncated = false
        var updateCount: Int64?
        var isFinished = false

        var bytes: Int { rows.reduce(0) { $0 + $1.utf8.count } }

        mutating func add(_ page: ResultPage, limits: ResultLimits) {
            columns = page.columns
            for row in page.rows where !isTruncated {
                if rows.count < limits.rows, bytes + row.utf8.count <= limits.bytes {
                    rows.append(row)
                } else {
                    isTruncated = true
                }
            }
            isTruncated = isTruncated || page.isTruncated
        }
    }

    private struct State {
        var attempts: [AttemptID: Attempt] = [:]
        var epochs: [String: Int64] = [:]

        func check(_ fence: LeaseFence) throws {
            guard epochs[fence.name] == fence.epoch else { throw TransactionFailure.fenced(fence) }
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// Makes `fence` the valid one for its name.
    package func grant(_ fence: LeaseFence) {
        state.withLock { $0.epochs[fence.name] = fence.epoch }
    }

    package func keep(
        _ handle: EngineHandle, rows: ResultPage?, for attempt: AttemptID, of run: RunID, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        try Task.checkCancellation()
        try state.withLock { state in
            try state.check(fence)
            state.attempts[attempt, default: Attempt()].handle = handle
            if let rows { state.attempts[attempt]?.add(rows, limits: limits) }
        }
    }

    package func finish(
        _ attempt: AttemptID, of run: RunID, rows: ResultPage?, updateCount: Int64?, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        try Task.checkCancellation()
        try state.withLock { state in
            try state.check(fence)
            guard let known = state.attempts[attempt], !known.isFinished else { return }
            state.attempts[attempt]?.isFinished = true
            state.attempts[attempt]?.handle = nil
            state.attempts[attempt]?.updateCount = updateCount
            if let rows { state.attempts[attempt]?.add(rows, limits: limits) }
        }
    }

    package func handle(of attempt: AttemptID) async throws -> EngineHandle? {
        try Task.checkCancellation()
        return state.withLock { $0.attempts[attempt]?.handle }
    }

    package func result(of attempt: AttemptID) async throws -> RunResult? {
        try Task.checkCancellation()
        guard let known = state.withLock({ $0.attempts[attempt] }), known.isFinished else { return nil }
        var hash = SHA256Hasher()
        for row in known.rows {
            hash.update(row.utf8)
            hash.update([UInt8(ascii: "\n")])
        }
        return RunResult(
            columns: known.columns, rowCount: known.rows.count, isTruncated: known.isTruncated,
            digest: hash.finalize().description, updateCount: known.updateCount)
    }

    package func rows(of attempt: AttemptID, from first: Int, limit: Int) async throws -> [String] {
        try Task.checkCancellation()
        return state.withLock { Array(($0.attempts[attempt]?.rows ?? []).dropFirst(first).prefix(limit)) }
    }
}

import Domain
import Foundation
import TestSupport

/// An engine as a value: what it was told, what runs on it, and all the ways in which it fails to say so.
///
/// It is asked as the port `Engine` is. A submit gives it a query that waits, and runs once it is looked at with its
/// handle; or, where `startsAtOnce`, runs by itself.
struct SimulatedEngine {
    enum Query: Hashable {
        case waiting
        /// Runs for so many looks more.
        case running(looksLeft: Int)
        case ended(Ending)
        /// Undone completely.
        case gone
    }

    enum Ending: Hashable {
        case succeeded, failed(isRetryable: Bool), cancelled
    }

    struct Attempt {
        /// Every query that a submit led to; the index is its handle.
        var queries: [Query] = []
        var submissions = 0
        /// Requests that are still on their way.
        var inFlight = 0
        /// Whether it was proved since the last submit that nothing runs.
        var isProvedNeverStarted = false
        var starts = 0
    }

    let startsAtOnce: Bool
    /// A query that is asked to stop goes on.
    let ignoresCancel: Bool
    /// A query does not end by itself.
    let hangs: Bool
    /// Of a hundred calls, how many fail.
    let failureRate: Int
    /// When nobody reaches it.
    let outage: Range<Date>
    private(set) var attempts: [AttemptID: Attempt] = [:]
    private(set) var submissions = 0

    init(now: Date, using random: inout SeededGenerator) {
        startsAtOnce = random.chance(50)
        ignoresCancel = random.chance(20)
        hangs = random.chance(20)
        failureRate = [0, 5, 30].randomElement(using: &random) ?? 0
        let start = now + .random(in: 0...300, using: &random)
        let lengths: [ClosedRange<TimeInterval>] = [0...0, 0...0, 0...0, 1...1_500, 1e6...1e6]
        outage = start..<(start + .random(in: lengths.randomElement(using: &random) ?? 0...0, using: &random))
    }

    /// How many queries run, or may start to run by themselves.
    var activeQueries: Int {
        attempts.values.reduce(0) { sum, attempt in
            sum + (startsAtOnce ? attempt.inFlight : 0)
                + attempt.queries.count { if case .running = $0 { true } else { false } }
        }
    }

    /// - Parameter isOwner: What a former owner submits does not shake what the present one has proved: without its
    ///   handle in the log's keeping it never starts.
    mutating func submit(
        _ id: AttemptID, isOwner: Bool, now: Date, using random: inout SeededGenerator
    ) -> (observation: RunObservation, handle: Int?) {
        submissions += 1
        attempts[id, default: Attempt()].submissions += 1
        if isOwner { attempts[id]?.isProvedNeverStarted = false }
        if outage.contains(now) { return (.submissionUnknown("no connection"), nil) }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<failureRate: return (.submissionUnknown("the request was lost"), nil)
        case failureRate..<(2 * failureRate):
            _ = accept(id, using: &random)
            return (.submissionUnknown("the answer was lost"), nil)
        case (2 * failureRate)..<(2 * failureRate + failureRate / 2):
            attempts[id]?.inFlight += 1
            return (.submissionUnknown("the request is late"), nil)
        case 95...: return (.rejected(failure(isRetryable: random.chance(50))), nil)
        case _:
            let handle = accept(id, using: &random)
            return (.submitted(RunDispatched(attempt: id, externalID: "q\(handle)", link: nil)), handle)
        }
    }

    private mutating func accept(_ id: AttemptID, using random: inout SeededGenerator) -> Int {
        attempts[id, default: Attempt()].queries.append(.waiting)
        let handle = (attempts[id]?.queries.count ?? 1) - 1
        if startsAtOnce { start(id, handle, using: &random) }
        return handle
    }

    private mutating func start(_ id: AttemptID, _ handle: Int, using random: inout SeededGenerator) {
        attempts[id]?.starts += 1
        let looks = hangs ? Int.max : Int.random(in: 1...12, using: &random)
        attempts[id]?.queries[handle] = .running(looksLeft: looks)
    }

    mutating func look(
        _ id: AttemptID, handle: Int?, now: Date, using random: inout SeededGenerator
    ) -> RunObservation {
        if outage.contains(now) || random.chance(failureRate) { return .unreachable("no answer") }
        if failureRate > 0, random.chance(1) { return .cannotTell("the engine has forgotten it") }
        if let late = attempts[id]?.inFlight, late > 0 {
            // As long as a request may arrive, nothing proves that it will not.
            if random.chance(70), startsAtOnce { return .unreachable("not all nodes answer") }
            attempts[id]?.inFlight -= 1
            if random.chance(50) { _ = accept(id, using: &random) }
        }
        guard let handle = handle ?? queryThatMayRun(id) else {
            if let late = attempts[id]?.inFlight, late > 0, startsAtOnce { return .unreachable("not all nodes answer") }
            attempts[id, default: Attempt()].isProvedNeverStarted = true
            return .neverStarted(proof: "no query bears the mark")
        }
        return advance(id, handle, using: &random)
    }

    /// Found by its mark: for an engine whose queries start by a look with the handle, only one that was looked at.
    private func queryThatMayRun(_ id: AttemptID) -> Int? {
        attempts[id]?.queries.lastIndex { $0 != .gone && $0 != .waiting }
    }

    private mutating func advance(
        _ id: AttemptID, _ handle: Int, using random: inout SeededGenerator
    ) -> RunObservation {
        switch attempts[id]?.queries[handle] {
        case .waiting:
            start(id, handle, using: &random)
            return .running(RunProgress(state: "QUEUED", percent: nil, rowsProcessed: nil, bytesProcessed: nil))
        case .running(let left):
            if !hangs, random.chance(2) { return finish(id, handle, .ended(.cancelled)) }
            if !hangs, random.chance(3) { return finish(id, handle, .gone) }
            guard left > 1 else {
                let ending: Ending = random.chance(60) ? .succeeded : .failed(isRetryable: random.chance(60))
                return finish(id, handle, .ended(ending))
            }
            attempts[id]?.queries[handle] = .running(looksLeft: left - 1)
            let percent = Int.random(in: 0...100, using: &random)
            return .running(RunProgress(state: "RUNNING", percent: percent, rowsProcessed: 1, bytesProcessed: nil))
        case .ended, .gone, nil: return ending(id, handle)
        }
    }

    private mutating func finish(_ id: AttemptID, _ handle: Int, _ query: Query) -> RunObservation {
        attempts[id]?.queries[handle] = query
        return ending(id, handle)
    }

    private mutating func ending(_ id: AttemptID, _ handle: Int) -> RunObservation {
        switch attempts[id]?.queries[handle] {
        case .ended(.succeeded): return .succeeded(.changes)
        case .ended(.failed(let isRetryable)): return .failed(failure(isRetryable: isRetryable))
        case .ended(.cancelled): return .cancelled("stopped")
        case .gone, .waiting, .running, nil:
            attempts[id, default: Attempt()].isProvedNeverStarted = true
            return .neverStarted(proof: "it was undone")
        }
    }

    /// Whether the request to stop was taken.
    mutating func cancel(_ id: AttemptID, handle: Int, now: Date, using random: inout SeededGenerator) -> Bool {
        if outage.contains(now) || random.chance(failureRate) { return false }
        if ignoresCancel { return true }
        switch attempts[id]?.queries[handle] {
        case .waiting: attempts[id]?.queries[handle] = .gone
        case .running: attempts[id]?.queries[handle] = .ended(.cancelled)
        case .ended, .gone, nil: break
        }
        return true
    }

    private func failure(isRetryable: Bool) -> RunFailure {
        RunFailure(code: "E", fault: .engine, message: "it failed", isRetryable: isRetryable)
    }
}

package import ControlPlane
import Cryptography
package import Domain
import FoundationEssentials
import Synchronization

/// An engine in memory that keeps the rules of the port `Engine`, and tells afterwards what it was asked and what ran.
///
/// A statement starts as on Trino and Postgres: a submit registers it, and the first look with its handle starts it. A
/// look that is repeated with the same handle gets the same rows.
package final class EngineSimulator: Engine {
    private enum Query {
        case registered, running, cancelled
    }

    private struct State {
        /// Every query that a submit led to, in that order; the place is in its handle.
        var queries: [Query] = []
        /// The queries that were started, in that order.
        var started: [Int] = []
        var submissions = 0
        var looks = 0
        var cancels = 0
    }

    package let kind: EngineKind
    private let plan: EnginePlan
    private let state = Mutex(State())

    package init(kind: EngineKind = .postgres, plan: EnginePlan = EnginePlan()) {
        self.kind = kind
        self.plan = plan
    }

    /// How often the engine was handed an attempt.
    package var submissions: Int { state.withLock { $0.submissions } }
    /// How often the engine was asked to stop an attempt.
    package var cancels: Int { state.withLock { $0.cancels } }
    /// How many queries were started.
    package var starts: Int { state.withLock { $0.started.count } }

    package func check(_ target: EngineTarget) async -> ConnectionHealth {
        ConnectionHealth(isHealthy: true, latency: .milliseconds(12), version: "1", reason: nil)
    }

    package func submit(_ attempt: EngineAttempt, to target: EngineTarget) async -> Submission {
        let number = state.withLock { state in
            state.submissions += 1
            return state.submissions
        }
        switch await plan.onSubmit(attempt, number) {
        case .reject(let failure): return .rejected(failure)
        case .loseRequest: return .outcomeUnknown("the request was lost")
        case .loseAnswer:
            _ = register()
            return .outcomeUnknown("the answer was lost")
        case .none: return .accepted(Self.handle(of: register(), page: 0))
        }
    }

    private func register() -> Int {
        state.withLock { state in
            state.queries.append(.registered)
            return state.queries.count - 1
        }
    }

    private static func handle(of query: Int, page: Int) -> EngineHandle {
        EngineHandle(externalID: "q\(query)", link: "http://engine/q\(query)", state: Secret("\(query) \(page)"))
    }

    package func look(at attempt: EngineAttempt, handle: EngineHandle?, on target: EngineTarget) async -> Look {
        let number = state.withLock { state in
            state.looks += 1
            return state.looks
        }
        if let answer = await plan.onLook(attempt, number) { return answer }
        guard let handle else { return .neverStarted(proof: "a query starts by its handle, and none was stored") }
        let numbers = handle.state.reveal().split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 2 else { return .cannotTell("the handle cannot be read") }
        return advance(numbers[0], page: numbers[1])
    }

    private func advance(_ query: Int, page: Int) -> Look {
        let isCancelled = state.withLock { state in
            if case .registered = state.queries[query] {
                state.queries[query] = .running
                state.started.append(query)
            }
            if case .cancelled = state.queries[query] { return true }
            return false
        }
        if isCancelled { return .ended(.cancelled("stopped by request")) }
        guard page < plan.pages.count else { return end(query, page) }
        let rows = ResultPage(columns: plan.columns, rows: plan.pages[page])
        return .running(progress(page), rows: rows, Self.handle(of: query, page: page + 1))
    }

    private func progress(_ page: Int) -> EngineProgress {
        EngineProgress(state: "RUNNING", percent: Double(100 * (page + 1) / max(plan.pages.count, 1)))
    }

    private func end(_ query: Int, _ page: Int) -> Look {
        let number = state.withLock { $0.started.firstIndex(of: query) } ?? 0
        return switch plan.ending(number) {
        case .succeeds(let updateCount): .ended(.succeeded(rows: plan.lastRows, updateCount: updateCount))
        case .fails(let failure): .ended(.failed(failure))
        case .hangs: .running(EngineProgress(state: "RUNNING"), rows: nil, Self.handle(of: query, page: page))
        }
    }

    package func cancel(_ attempt: EngineAttempt, handle: EngineHandle, on target: EngineTarget) async -> Cancellation {
        let query = handle.state.reveal().split(separator: " ").first.flatMap { Int($0) }
        state.withLock { state in
            state.cancels += 1
            if plan.heedsCancel, let query { state.queries[query] = .cancelled }
        }
        return .requested
    }
}

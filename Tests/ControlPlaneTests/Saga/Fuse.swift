import ControlPlane
import Cryptography
import Domain
import EventSourcing
import Synchronization

/// Ends a process at one of its steps towards the outside: from then on nothing that it asks is heard.
final class Fuse: Sendable {
    /// The process has ended.
    struct Burnt: Error {}

    /// Whether the last step still had its effect.
    enum Moment: CaseIterable {
        case beforeTheEffect, beforeTheAnswer
    }

    private struct State {
        var steps = 0
        var isBurnt = false
    }

    private let step: Int
    private let moment: Moment
    private let state = Mutex(State())

    /// - Parameter step: The step that is the last one, from 1; by default there is none.
    init(atStep step: Int = .max, _ moment: Moment = .beforeTheEffect) {
        self.step = step
        self.moment = moment
    }

    var steps: Int { state.withLock { $0.steps } }
    var isBurnt: Bool { state.withLock { $0.isBurnt } }

    func carry<Value>(_ effect: () async throws -> Value) async throws -> Value {
        let isLast = try state.withLock { state in
            if state.isBurnt { throw Burnt() }
            state.steps += 1
            let isLast = state.steps == step
            if isLast { state.isBurnt = true }
            return isLast
        }
        if isLast, moment == .beforeTheEffect { throw Burnt() }
        let value = try await effect()
        if isLast { throw Burnt() }
        return value
    }
}

/// A log that is reached through a fuse.
struct FusedEventStore: EventStore {
    let store: any EventStore
    let fuse: Fuse

    func append(_ request: AppendRequest) async throws -> AppendOutcome {
        try await fuse.carry { try await store.append(request) }
    }

    func readStream(_ stream: StreamName, after version: Int, limit: Int) async throws -> [EventEnvelope] {
        try await fuse.carry { try await store.readStream(stream, after: version, limit: limit) }
    }

    func readAll(after seq: Int64, limit: Int) async throws -> [EventEnvelope] {
        try await fuse.carry { try await store.readAll(after: seq, limit: limit) }
    }

    func epoch() async throws -> StoreEpoch { try await fuse.carry { try await store.epoch() } }

    func head() async throws -> Int64 { try await fuse.carry { try await store.head() } }

    func receipt(for key: IdempotencyKey) async throws -> AppendOutcome? {
        try await fuse.carry { try await store.receipt(for: key) }
    }

    func waitForEvents(after seq: Int64, timeout: Duration) async throws {
        try await fuse.carry { try await store.waitForEvents(after: seq, timeout: timeout) }
    }
}

/// Attempts that are reached through a fuse.
struct FusedAttemptStore: AttemptStore {
    let store: any AttemptStore
    let fuse: Fuse

    func keep(
        _ handle: EngineHandle, rows: ResultPage?, for attempt: AttemptID, of run: RunID, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        try await fuse.carry {
            try await store.keep(handle, rows: rows, for: attempt, of: run, limits: limits, fence: fence)
        }
    }

    func finish(
        _ attempt: AttemptID, of run: RunID, rows: ResultPage?, updateCount: Int64?, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        try await fuse.carry {
            try await store.finish(
                attempt, of: run, rows: rows, updateCount: updateCount, limits: limits, fence: fence)
        }
    }

    func handle(of attempt: AttemptID) async throws -> EngineHandle? {
        try await fuse.carry { try await store.handle(of: attempt) }
    }

    func result(of attempt: AttemptID) async throws -> RunResult? {
        try await fuse.carry { try await store.result(of: attempt) }
    }

    func rows(of attempt: AttemptID, from first: Int, limit: Int) async throws -> [String] {
        try await fuse.carry { try await store.rows(of: attempt, from: first, limit: limit) }
    }
}

/// An engine that is reached through a fuse. Calls of an engine do not throw: after the end each gets an answer that
/// leads to a step which does.
struct FusedEngine: Engine {
    let engine: any Engine
    let fuse: Fuse

    private static let nothing = EngineHandle(externalID: "none", link: nil, state: Secret("none"))

    var kind: EngineKind { engine.kind }

    func check(_ target: EngineTarget) async -> ConnectionHealth { await engine.check(target) }

    func submit(_ attempt: EngineAttempt, to target: EngineTarget) async -> Submission {
        (try? await fuse.carry { await engine.submit(attempt, to: target) }) ?? .accepted(Self.nothing)
    }

    func look(at attempt: EngineAttempt, handle: EngineHandle?, on target: EngineTarget) async -> Look {
        (try? await fuse.carry { await engine.look(at: attempt, handle: handle, on: target) })
            ?? .running(EngineProgress(state: "none"), rows: nil, Self.nothing)
    }

    func cancel(_ attempt: EngineAttempt, handle: EngineHandle, on target: EngineTarget) async -> Cancellation {
        (try? await fuse.carry { await engine.cancel(attempt, handle: handle, on: target) }) ?? .requested
    }
}

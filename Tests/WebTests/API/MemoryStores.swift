import ControlPlane
import Cryptography
import Domain
import EventSourcing
import Synchronization

/// Secrets in memory.
final class MemorySecrets: SecretStore {
    let secrets = Mutex<[SecretName: Secret]>([:])

    func put(_ secret: Secret, named name: SecretName) async throws { secrets.withLock { $0[name] = secret } }
    func secret(named name: SecretName) async throws -> Secret? { secrets.withLock { $0[name] } }
}

/// The rows of one result. Nothing is written through it: that is the saga's part.
struct FixedRows: AttemptStore {
    struct ReadOnly: Error {}

    var rows: [String] = []

    func keep(
        _ handle: EngineHandle, rows: ResultPage?, for attempt: AttemptID, of run: RunID, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        throw ReadOnly()
    }

    func finish(
        _ attempt: AttemptID, of run: RunID, rows: ResultPage?, updateCount: Int64?, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        throw ReadOnly()
    }

    func handle(of attempt: AttemptID) async throws -> EngineHandle? { nil }

    func result(of attempt: AttemptID) async throws -> RunResult? { RunSamples.result }

    func rows(of attempt: AttemptID, from first: Int, limit: Int) async throws -> [String] {
        Array(rows.dropFirst(first).prefix(limit))
    }
}

/// An engine that answers checks and runs nothing.
struct IdleEngine: Engine {
    let kind: EngineKind

    func check(_ target: EngineTarget) async -> ConnectionHealth {
        ConnectionHealth(isHealthy: true, latency: .milliseconds(12), version: "1", reason: nil)
    }

    func submit(_ attempt: EngineAttempt, to target: EngineTarget) async -> Submission { .outcomeUnknown("idle") }

    func look(at attempt: EngineAttempt, handle: EngineHandle?, on target: EngineTarget) async -> Look {
        .unreachable("idle")
    }

    func cancel(_ attempt: EngineAttempt, handle: EngineHandle, on target: EngineTarget) async -> Cancellation {
        .unreachable("idle")
    }
}

import Cryptography
import Domain
import EventSourcing
import Foundation
import Synchronization
import TestSupport

@testable import ControlPlane

/// One run that was asked for, with the log and all that drives it, in memory.
final class SagaStage: Sendable {
    static let context = CommandContext(metadata: EventMetadata(actor: "user:ada"))

    let clock: ManualClock
    let store: MemoryEventStore
    let attempts = MemoryAttemptStore()
    let secrets = MemorySecretStore()
    let engine: EngineSimulator
    let gate: AdmissionGate
    let signals = RunSignals()
    let environment: Environment
    let job: JobID
    let run: RunID
    /// The epoch of the present owner.
    private let epoch = Mutex<Int64>(0)

    var transactor: Transactor { Transactor(store: store) }
    var commands: RunCommands { RunCommands(transactor: transactor, environment: environment) }
    var stream: StreamName { StreamName(category: RunCodec.category, id: run.description) }

    /// - Parameters:
    ///   - step: How far the clock moves whenever it is read. Then a driver that wants to wait is woken at once.
    init(
        _ plan: EnginePlan = EnginePlan(), maximumAttempts: Int = 1, timeoutSeconds: Int = 3_600,
        resultLimits: ResultLimits = .standard, places: Int = 8, password: Secret? = nil, step: Duration = .zero
    ) async throws {
        let clock = ManualClock()
        self.clock = clock
        store = MemoryEventStore(now: { clock.now })
        engine = EngineSimulator(plan: plan)
        gate = AdmissionGate(limit: places)
        let waking = Mutex<RunID?>(nil)
        let signals = signals
        environment = Environment(
            now: {
                clock.advance(by: step)
                if step > .zero, let run = waking.withLock({ $0 }) { signals.raise(run) }
                return clock.now
            }, makeUUID: { UUID.version7(at: clock.now) })
        let transactor = Transactor(store: store)
        let environment = environment
        let engines = EngineDirectory(
            engines: [engine, EngineSimulator(kind: .trino)], transactor: transactor, secrets: secrets)
        let workspace = try await WorkspaceCommands(transactor: transactor, environment: environment)
            .create(name: "finance", description: "", context: Self.context).id
        let connection = try await ConnectionCommands(
            transactor: transactor, environment: environment, secrets: secrets, engines: engines
        ).create(
            in: workspace, name: "lake",
            settings: .postgres(
                PostgresSettings(host: "db", port: 5_432, database: "lake", user: "weir", tls: .disable)),
            password: password, context: Self.context
        ).id
        job = try await JobCommands(transactor: transactor, environment: environment).create(
            in: workspace, name: "daily",
            definition: JobDefinition(
                connection: connection, sql: "SELECT 1", timeoutSeconds: timeoutSeconds,
                maximumAttempts: maximumAttempts, resultLimits: resultLimits),
            context: Self.context
        ).id
        run = try await RunCommands(transactor: transactor, environment: environment)
            .request(job, arguments: [:], context: Self.context).id
        let run = run
        waking.withLock { $0 = run }
    }

    /// Gives the lease to a new owner, and returns its driver of the run.
    func newOwner(_ fuse: Fuse? = nil, of run: RunID? = nil) -> RunDriver {
        let fence = LeaseFence(
            name: "saga",
            epoch: epoch.withLock { epoch in
                epoch += 1
                return epoch
            })
        store.grant(fence)
        attempts.grant(fence)
        var log: any EventStore = store
        var attempts: any AttemptStore = self.attempts
        var engine: any Engine = self.engine
        if let fuse {
            log = FusedEventStore(store: log, fuse: fuse)
            attempts = FusedAttemptStore(store: attempts, fuse: fuse)
            engine = FusedEngine(engine: engine, fuse: fuse)
        }
        let transactor = Transactor(store: log)
        let run = run ?? self.run
        _ = signals.open(run)
        return RunDriver(
            run: run, fence: fence, transactor: transactor,
            engines: EngineDirectory(
                engines: [engine, EngineSimulator(kind: .trino)], transactor: transactor, secrets: secrets),
            attempts: attempts, environment: environment, gate: gate, signals: signals)
    }

    /// As `weir run cancel` does; the driver hears of it.
    func cancel() async throws {
        _ = try await commands.cancel(run, reason: "enough", context: Self.context)
        signals.raise(run)
    }

    func events() async throws -> [RunEvent] {
        try await store.readWholeStream(stream).map { try RunCodec.decode($0.event) }
    }

    func types() async throws -> [String] {
        try await store.readWholeStream(stream).map { String($0.event.type.dropFirst("run.".count)) }
    }

    func state() async throws -> RunState { RunDecider.fold(try await events()) }

    /// All rows that are kept of the run's attempts, in their order.
    func rows() async throws -> [[String]] {
        var all: [[String]] = []
        for case .dispatchIntended(let intent) in try await events() {
            all.append(try await attempts.rows(of: intent.attempt, from: 0, limit: 1_000))
        }
        return all
    }
}

import Domain
import EventSourcing
import Foundation
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import ControlPlane

/// Drives all runs: who does, and what a new owner takes up.
@Suite(.timeLimit(.minutes(1))) struct SagaRunnerTests {
    /// A saga over a stage's log, with leases of its own.
    private func makeRunner(
        _ stage: SagaStage, _ leases: MemoryLeaseStore, owner: String = "a", limit: Int = 8
    ) -> SagaRunner {
        SagaRunner(
            transactor: stage.transactor, readModels: FoldedReadModels(store: stage.store),
            engines: EngineDirectory(
                engines: [stage.engine, EngineSimulator(kind: .trino)], transactor: stage.transactor,
                secrets: stage.secrets), attempts: stage.attempts, leases: leases, environment: stage.environment,
            owner: owner, limit: limit, log: .silent)
    }

    private func makeLeases(_ stage: SagaStage) -> MemoryLeaseStore {
        MemoryLeaseStore(now: Date.init) { fence in
            stage.store.grant(fence)
            stage.attempts.grant(fence)
        }
    }

    private func waitForEnd(_ stage: SagaStage, _ run: RunID? = nil) async throws {
        let stream = StreamName(category: "run", id: (run ?? stage.run).description)
        try await eventually("the run ends") {
            let events = try await stage.store.readWholeStream(stream).map { try RunCodec.decode($0.event) }
            return RunDecider.fold(events).isEnded
        }
    }

    private func running(_ runner: SagaRunner, _ work: () async throws -> Void) async throws {
        let task = Task { try await runner.run() }
        defer { task.cancel() }
        try await work()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `runs that were asked for before and after its start are driven to their end`() async throws {
        let stage = try await SagaStage()
        try await running(makeRunner(stage, makeLeases(stage))) {
            try await waitForEnd(stage)
            let later = try await stage.commands.request(stage.job, arguments: [:], context: SagaStage.context).id
            try await waitForEnd(stage, later)
        }
        #expect(stage.engine.starts == 2)
    }

    @Test func `a new owner of the lease is recorded, with its epoch`() async throws {
        let stage = try await SagaStage()
        let leases = makeLeases(stage)
        for owner in ["a", "b"] {
            let run = try await stage.commands.request(stage.job, arguments: [:], context: SagaStage.context).id
            try await running(makeRunner(stage, leases, owner: owner)) { try await waitForEnd(stage, run) }
        }
        let system = try await stage.store.readWholeStream(StreamName(category: "system", id: "weir"))
        #expect(
            try system.map { try SystemCodec.decode($0.event) } == [
                .leaseAcquired(LeaseAcquired(lease: "saga", owner: "a", epoch: 1)),
                .leaseAcquired(LeaseAcquired(lease: "saga", owner: "b", epoch: 2)),
            ])
    }

    @Test func `a saga that is stopped in mid-run leaves it to the next one, which goes on with the same query`()
        async throws
    {
        let isReleased = Mutex(false)
        var plan = EnginePlan()
        plan.onLook = { _, number in
            if number == 2 { try? await eventually("it is released") { isReleased.withLock { $0 } } }
            return nil
        }
        let stage = try await SagaStage(plan)
        let leases = makeLeases(stage)
        try await running(makeRunner(stage, leases)) {
            try await eventually("the query has started") { stage.engine.starts == 1 }
        }
        #expect(leases.holder(of: "saga") == nil, "it is given back")
        isReleased.withLock { $0 = true }
        try await running(makeRunner(stage, leases, owner: "b")) { try await waitForEnd(stage) }
        #expect(stage.engine.starts == 1)
        #expect(try await stage.types().contains("adopted"))
        #expect(try await stage.rows() == [["[1]", "[2]", "[3]"]])
    }

    @Test func `of two sagas one drives, and the other takes over when the first has lost its lease`() async throws {
        let stage = try await SagaStage()
        let leases = makeLeases(stage)
        let first = Task { try await makeRunner(stage, leases, owner: "a").run() }
        defer { first.cancel() }
        try await waitForEnd(stage)
        let second = Task { try await makeRunner(stage, leases, owner: "b").run() }
        defer { second.cancel() }
        try await eventually("the second asks for the lease") { leases.refusals > 0 }
        first.cancel()
        try await eventually("the second owns it") { leases.holder(of: "saga") == "b" }
        let run = try await stage.commands.request(stage.job, arguments: [:], context: SagaStage.context).id
        try await waitForEnd(stage, run)
        #expect(stage.engine.starts == 2)
    }

    @Test func `more runs than there are places all end, one after the other`() async throws {
        let stage = try await SagaStage()
        var runs = [stage.run]
        for _ in 0..<9 {
            runs.append(try await stage.commands.request(stage.job, arguments: [:], context: SagaStage.context).id)
        }
        try await running(makeRunner(stage, makeLeases(stage), limit: 2)) {
            for run in runs { try await waitForEnd(stage, run) }
        }
        #expect(stage.engine.starts == 10)
    }

    @Test func `a cancel reaches the run that is under way`() async throws {
        var plan = EnginePlan()
        plan.ending = { _ in .hangs }
        let stage = try await SagaStage(plan)
        try await running(makeRunner(stage, makeLeases(stage))) {
            try await eventually("the query has started") { stage.engine.starts == 1 }
            _ = try await stage.commands.cancel(stage.run, reason: "enough", context: SagaStage.context)
            try await waitForEnd(stage)
        }
        #expect(try await stage.types().last == "cancelled")
    }
}

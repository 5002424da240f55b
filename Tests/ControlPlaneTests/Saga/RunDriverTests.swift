import Cryptography
import Domain
import EventSourcing
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// What a run's driver records, and what the engine hears meanwhile.
@Suite(.timeLimit(.minutes(2))) struct RunDriverTests {
    @Test func `a run that succeeds is recorded step by step, and its rows are kept`() async throws {
        let stage = try await SagaStage()
        try await stage.newOwner().drive()
        #expect(
            try await stage.types() == [
                "requested", "admitted", "dispatch_intended", "dispatched", "started", "progressed", "progressed",
                "result_recorded", "succeeded",
            ])
        #expect(try await stage.rows() == [["[1]", "[2]", "[3]"]])
        let result = try #require(try await stage.state().result)
        #expect(result.columns == [ResultColumn(name: "n", type: "bigint")])
        #expect(result.rowCount == 3 && !result.isTruncated)
    }

    @Test func `everything that the saga records says who drives the run and as part of what`() async throws {
        let stage = try await SagaStage()
        try await stage.newOwner().drive()
        let events = try await stage.store.readWholeStream(stage.stream).dropFirst()
        #expect(events.allSatisfy { $0.metadata.actor == "service:saga" })
        #expect(events.allSatisfy { $0.metadata.correlation == stage.run.description })
    }

    @Test func `the engine hears nothing before the intent is in the log, and starts nothing before dispatched is`()
        async throws
    {
        let heard = Mutex<[String: [String]]>([:])
        let stage = Mutex<SagaStage?>(nil)
        var plan = EnginePlan()
        let note: @Sendable (String, EngineAttempt) async -> Void = { call, attempt in
            guard let stage = stage.withLock({ $0 }) else { return }
            let events = (try? await stage.events()) ?? []
            if case .dispatchIntended(let intent) = events[2] { #expect(intent.attempt == attempt.id) }
            let types = (try? await stage.types()) ?? []
            heard.withLock { $0[call] = $0[call] ?? types }
        }
        plan.onSubmit = { attempt, _ in
            await note("submit", attempt)
            return nil
        }
        plan.onLook = { attempt, _ in
            await note("look", attempt)
            return nil
        }
        let made = try await SagaStage(plan)
        stage.withLock { $0 = made }
        try await made.newOwner().drive()
        #expect(heard.withLock { $0["submit"] } == ["requested", "admitted", "dispatch_intended"])
        #expect(heard.withLock { $0["look"] } == ["requested", "admitted", "dispatch_intended", "dispatched"])
    }

    @Test func `an owner that was replaced records nothing and keeps nothing`() async throws {
        let replacement = Interruption()
        var plan = EnginePlan()
        plan.onLook = { _, number in
            if number == 2 { await replacement.happen() }
            return nil
        }
        let stage = try await SagaStage(plan)
        replacement.set { _ = stage.newOwner() }
        await #expect(throws: TransactionFailure.fenced(LeaseFence(name: "saga", epoch: 1))) {
            try await stage.newOwner().drive()
        }
        let types = try await stage.types()
        #expect(types.last == "progressed")
        #expect(try await stage.rows() == [["[1]", "[2]"]])
        try await stage.newOwner().drive()
        #expect(try await stage.types().last == "succeeded")
        #expect(stage.engine.starts == 1)
        #expect(try await stage.rows() == [["[1]", "[2]", "[3]"]])
    }

    @Test func `a submit whose answer was lost is not repeated before the engine has proved that nothing runs`()
        async throws
    {
        let looks = Mutex<[Int]>([])
        var plan = EnginePlan()
        plan.onSubmit = { _, number in number == 1 ? .loseAnswer : nil }
        let engine = Mutex<EngineSimulator?>(nil)
        plan.onLook = { _, _ in
            let submissions = engine.withLock { $0?.submissions } ?? 0
            looks.withLock { $0.append(submissions) }
            return nil
        }
        let stage = try await SagaStage(plan)
        engine.withLock { $0 = stage.engine }
        try await stage.newOwner().drive()
        #expect(looks.withLock { $0.first } == 1, "it was looked at between the two")
        #expect(stage.engine.submissions == 2)
        #expect(stage.engine.starts == 1)
        #expect(try await stage.types().last == "succeeded")
    }

    @Test func `what cannot be found out ends as outcome unknown, with no new submit, until a person says`()
        async throws
    {
        var plan = EnginePlan()
        plan.onSubmit = { _, _ in .loseAnswer }
        plan.onLook = { _, _ in .cannotTell("the engine has forgotten it") }
        let stage = try await SagaStage(plan, maximumAttempts: 5)
        try await stage.newOwner().drive()
        guard case .outcomeUnknown(let unknown) = try await stage.events().last else {
            Issue.record("\(try await stage.types())")
            return
        }
        #expect(unknown.reason == "the engine has forgotten it")
        try await stage.newOwner().drive()
        #expect(stage.engine.submissions == 1)
        _ = try await stage.commands.resolve(
            stage.run, RunResolution(outcome: .succeeded, reason: "seen in the table"), context: SagaStage.context)
        #expect(try await stage.state().phase == .ended(.succeeded))
    }

    @Test func `a dispatched attempt whose way back is lost is never submitted again`() async throws {
        let crash = Fuse(atStep: 14, .beforeTheAnswer)
        let stage = try await SagaStage(maximumAttempts: 5)
        await #expect(throws: Fuse.Burnt.self) { try await stage.newOwner(crash).drive() }
        #expect(stage.engine.starts == 1)
        let owner = stage.newOwner()
        let forgetful = RunDriver(
            run: owner.run, fence: owner.fence, transactor: owner.transactor, engines: owner.engines,
            attempts: MemoryAttemptStore(), environment: owner.environment, gate: owner.gate, signals: owner.signals)
        try await forgetful.drive()
        guard case .outcomeUnknown(let unknown) = try await stage.events().last else {
            Issue.record("\(try await stage.types())")
            return
        }
        #expect(unknown.reason == "the way back to the attempt at its engine is lost")
        #expect(stage.engine.submissions == 1)
    }

    @Test func `a secret that does not open fails a run that was not handed over`() async throws {
        let stage = try await SagaStage(maximumAttempts: 5, password: Secret("pw"))
        stage.secrets.loseKey()
        try await stage.newOwner().drive()
        guard case .failed(let failed) = try await stage.events().last else {
            Issue.record("\(try await stage.types())")
            return
        }
        #expect(failed.failure.code == "SECRET" && failed.failure.message.contains("--key-file"))
        #expect(stage.engine.submissions == 0)
    }

    @Test func `a secret that does not open leaves a run with the engine to patience and deadline`()
        async throws
    {
        let crash = Fuse(atStep: 17, .beforeTheAnswer)
        let stage = try await SagaStage(maximumAttempts: 5, password: Secret("pw"), step: .seconds(20))
        await #expect(throws: Fuse.Burnt.self) { try await stage.newOwner(crash).drive() }
        #expect(stage.engine.starts == 1)
        stage.secrets.loseKey()
        try await stage.newOwner().drive()
        #expect(try await stage.types().last == "outcome_unknown")
        #expect(stage.engine.submissions == 1)
    }

    @Test func `a failure that may pass is tried again as often as the job allows`() async throws {
        var plan = EnginePlan()
        plan.ending = { _ in .fails(.passing) }
        let stage = try await SagaStage(plan, maximumAttempts: 3, step: .seconds(1))
        try await stage.newOwner().drive()
        let types = try await stage.types()
        #expect(types.count { $0 == "dispatch_intended" } == 3)
        #expect(types.count { $0 == "retry_scheduled" } == 2)
        #expect(types.last == "failed")
        #expect(stage.engine.starts == 3)
    }

    @Test func `a failure that stays, and a refusal, are not tried again`() async throws {
        var failing = EnginePlan()
        failing.ending = { _ in .fails(.lasting) }
        var refusing = EnginePlan()
        refusing.onSubmit = { _, _ in .reject(.lasting) }
        for plan in [failing, refusing] {
            let stage = try await SagaStage(plan, maximumAttempts: 3, step: .seconds(1))
            try await stage.newOwner().drive()
            #expect(stage.engine.submissions == 1)
            guard case .failed(let failed) = try await stage.events().last else {
                Issue.record("\(try await stage.types())")
                continue
            }
            #expect(failed.failure == .lasting)
        }
    }

    @Test func `a new attempt follows a proof that the dispatched one never took effect`() async throws {
        var plan = EnginePlan()
        plan.onLook = { _, number in number == 2 ? .neverStarted(proof: "its transaction was rolled back") : nil }
        let stage = try await SagaStage(plan, maximumAttempts: 2, step: .seconds(1))
        try await stage.newOwner().drive()
        let failures = try await stage.events().compactMap { event in
            if case .attemptFailed(let failed) = event { failed.failure } else { nil }
        }
        #expect(failures.map(\.code) == ["ATTEMPT_LOST"])
        #expect(failures.first?.message.contains("its transaction was rolled back") == true)
        #expect(try await stage.types().last == "succeeded")
        #expect(stage.engine.submissions == 2)
    }

    @Test func `rows beyond the job's limits are not kept, and the result says so`() async throws {
        var plan = EnginePlan()
        plan.pages = [["[1]", "[2]"], ["[3]", "[4]"]]
        let stage = try await SagaStage(plan, resultLimits: ResultLimits(rows: 3, bytes: 4_096))
        try await stage.newOwner().drive()
        #expect(try await stage.rows() == [["[1]", "[2]", "[3]"]])
        #expect(try await stage.state().result?.isTruncated == true)
        #expect(try await stage.state().result?.rowCount == 3)
    }
}

import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Runs that are to stop: by a person's wish, or because their time is over.
@Suite(.timeLimit(.minutes(2))) struct StoppingTests {
    /// A query that goes on until it is stopped; something happens at its third look.
    private func makeStage(
        heedsCancel: Bool = true, secondsPerLook: Int = 1,
        _ happening: @escaping @Sendable (SagaStage) async throws -> Void = { _ in }
    ) async throws -> SagaStage {
        let interruption = Interruption()
        let clock = Interruption()
        var plan = EnginePlan()
        plan.ending = { _ in .hangs }
        plan.heedsCancel = heedsCancel
        plan.onLook = { _, number in
            await clock.happen()
            if number == 3 { await interruption.happen() }
            return nil
        }
        let stage = try await SagaStage(plan, maximumAttempts: 3)
        clock.set { stage.clock.advance(by: .seconds(secondsPerLook)) }
        interruption.set { try await happening(stage) }
        return stage
    }

    @Test func `a run that nobody has handed over is cancelled without a word to the engine`() async throws {
        let stage = try await SagaStage()
        try await stage.cancel()
        try await stage.newOwner().drive()
        #expect(try await stage.events().last == .cancelled(RunCancelled(proof: .notDispatched)))
        #expect(stage.engine.submissions == 0)
    }

    @Test func `a running query is stopped, and the run ends when the engine has confirmed it`() async throws {
        let stage = try await makeStage { try await $0.cancel() }
        try await stage.newOwner().drive()
        #expect(
            try await stage.events().suffix(2) == [
                .cancelRequested(RunCancelRequested(reason: "enough")),
                .cancelled(RunCancelled(proof: .engineConfirmed, detail: "stopped by request")),
            ])
        #expect(stage.engine.cancels == 1)
        #expect(stage.engine.starts == 1)
    }

    @Test func `a cancel that the engine does not confirm in time ends as outcome unknown`() async throws {
        let stage = try await makeStage(heedsCancel: false) { try await $0.cancel() }
        try await stage.newOwner().drive()
        guard case .outcomeUnknown(let unknown) = try await stage.events().last else {
            Issue.record("\(try await stage.types())")
            return
        }
        #expect(unknown.reason.contains("has not confirmed that within 60 s"))
        #expect(stage.engine.cancels == 1)
    }

    @Test func `a run whose time is over is stopped at its engine and says so`() async throws {
        let stage = try await makeStage(secondsPerLook: 1_300)
        try await stage.newOwner().drive()
        #expect(try await stage.events().last == .timedOut(RunTimedOut(proof: .engineConfirmed)))
        #expect(stage.engine.cancels == 1)
    }

    @Test func `a run whose time is over before it began ends without a word to the engine`() async throws {
        let stage = try await SagaStage()
        stage.clock.advance(by: .seconds(3_601))
        try await stage.newOwner().drive()
        #expect(try await stage.events().last == .timedOut(RunTimedOut(proof: .notDispatched)))
        #expect(stage.engine.submissions == 0)
    }

    @Test func `a run that ended by itself before the cancel arrived says how it ended`() async throws {
        let interruption = Interruption()
        var plan = EnginePlan()
        plan.heedsCancel = false
        plan.onLook = { _, number in
            if number == 3 { await interruption.happen() }
            return nil
        }
        let stage = try await SagaStage(plan)
        interruption.set { try await stage.cancel() }
        try await stage.newOwner().drive()
        #expect(try await stage.state().phase == .ended(.succeeded))
    }

    @Test func `a query that somebody stops at the engine fails the run, and names that`() async throws {
        var plan = EnginePlan()
        plan.onLook = { _, number in number == 3 ? .ended(.cancelled("by an administrator")) : nil }
        let stage = try await SagaStage(plan, maximumAttempts: 3)
        try await stage.newOwner().drive()
        guard case .failed(let failed) = try await stage.events().last else {
            Issue.record("\(try await stage.types())")
            return
        }
        #expect(failed.failure.code == "CANCELLED_AT_ENGINE")
        #expect(failed.failure.message.contains("by an administrator"))
        #expect(stage.engine.submissions == 1)
    }

    @Test func `an engine that stays out of reach is looked at again, until a person is asked`() async throws {
        var plan = EnginePlan()
        plan.onLook = { _, number in number > 2 ? .unreachable("no route to host") : nil }
        let stage = try await SagaStage(plan, maximumAttempts: 3, step: .seconds(20))
        try await stage.newOwner().drive()
        guard case .outcomeUnknown(let unknown) = try await stage.events().last else {
            Issue.record("\(try await stage.types())")
            return
        }
        #expect(unknown.reason == "the engine has been out of reach for 600 s: no route to host")
        #expect(stage.engine.submissions == 1)
    }

    @Test func `an engine that comes back goes on where it was`() async throws {
        var plan = EnginePlan()
        plan.onLook = { _, number in (3...6).contains(number) ? .unreachable("no route to host") : nil }
        let stage = try await SagaStage(plan, step: .seconds(1))
        try await stage.newOwner().drive()
        #expect(try await stage.types().last == "succeeded")
        #expect(try await stage.rows() == [["[1]", "[2]", "[3]"]])
        #expect(stage.engine.starts == 1)
    }

    @Test func `a run that waits for a place says why, and starts when there is one`() async throws {
        let stage = try await SagaStage(places: 1)
        let other = RunID(UUID())
        stage.gate.readmit(other)
        let driver = stage.newOwner()
        async let driven: Void = driver.drive()
        try await eventually("the run is queued") { try await stage.types().last == "queued" }
        guard case .queued(let queued) = try await stage.events().last else { return }
        #expect(queued.reason == .runnerFull)
        #expect(stage.engine.submissions == 0)
        #expect(stage.gate.leave(other) == [stage.run])
        stage.signals.raise(stage.run)
        try await driven
        #expect(try await stage.types().prefix(3) == ["requested", "queued", "admitted"])
        #expect(try await stage.types().last == "succeeded")
    }

    @Test func `a run that waits for a place can be cancelled`() async throws {
        let stage = try await SagaStage(places: 1)
        stage.gate.readmit(RunID(UUID()))
        let driver = stage.newOwner()
        async let driven: Void = driver.drive()
        try await eventually("the run is queued") { try await stage.types().last == "queued" }
        try await stage.cancel()
        try await driven
        #expect(try await stage.events().last == .cancelled(RunCancelled(proof: .notDispatched)))
    }
}

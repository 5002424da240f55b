import Domain
import EventSourcing
import TestSupport
import Testing

@testable import ControlPlane

/// The saga's process ends at every one of its steps, before the step's effect and before its answer; a new owner goes
/// on from the log.
@Suite struct CrashTests {
    /// One way in which a run may go.
    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let ending: RunEnding
        /// How many queries it takes.
        let queries: ClosedRange<Int>
        let rows: [String]
        var cancelsAtLook: Int?
        var fails: @Sendable (Int) -> RunFailure? = { _ in nil }
    }

    static let stories = [
        Story(testDescription: "succeeds", ending: .succeeded, queries: 1...1, rows: ["[1]", "[2]", "[3]", "[4]"]),
        Story(
            testDescription: "fails for good", ending: .failed, queries: 1...1, rows: ["[1]", "[2]", "[3]"],
            fails: { _ in .lasting }),
        Story(
            testDescription: "fails, and succeeds with the second attempt", ending: .succeeded, queries: 2...2,
            rows: ["[1]", "[2]", "[3]", "[4]"], fails: { $0 == 0 ? .passing : nil }),
        Story(
            testDescription: "is cancelled", ending: .cancelled, queries: 0...1, rows: [], cancelsAtLook: 2),
    ]

    private func makeStage(_ story: Story) async throws -> SagaStage {
        var plan = EnginePlan()
        plan.lastRows = ResultPage(columns: plan.columns, rows: ["[4]"])
        let fails = story.fails
        plan.ending = { query in
            if let failure = fails(query) { return .fails(failure) }
            return .succeeds(updateCount: 7)
        }
        let interruption = Interruption()
        if let look = story.cancelsAtLook {
            plan.onLook = { _, number in
                if number == look { await interruption.happen() }
                return nil
            }
        }
        // Retries wait for the clock.
        let stage = try await SagaStage(plan, maximumAttempts: 5, step: .milliseconds(700))
        interruption.set { try await stage.cancel() }
        return stage
    }

    @Test(.timeLimit(.minutes(5)), arguments: stories)
    func `whenever its owner ends, a run ends as it would have, and no query runs twice`(story: Story) async throws {
        let whole = try await makeStage(story)
        let fuse = Fuse()
        try await whole.newOwner(fuse).drive()
        try await expect(story, of: whole, "without a crash")
        let steps = fuse.steps
        #expect(steps > 15)
        for step in 1...steps {
            for moment in Fuse.Moment.allCases {
                let stage = try await makeStage(story)
                let fuse = Fuse(atStep: step, moment)
                await #expect(throws: Fuse.Burnt.self) { try await stage.newOwner(fuse).drive() }
                try await stage.newOwner().drive()
                try await expect(story, of: stage, "step \(step) of \(steps), \(moment)")
            }
        }
    }

    private func expect(_ story: Story, of stage: SagaStage, _ when: String) async throws {
        let state = try await stage.state()
        let types = try await stage.types().joined(separator: " ")
        #expect(state.phase == .ended(story.ending), "\(when): \(types)")
        #expect(story.queries.contains(stage.engine.starts), "\(when): \(stage.engine.starts) queries; \(types)")
        if story.ending == .succeeded {
            #expect(try await stage.rows().last == story.rows, "\(when)")
            #expect(state.result?.rowCount == story.rows.count, "\(when)")
            #expect(state.result?.updateCount == 7, "\(when)")
        }
        if story.ending == .failed {
            guard case .failed(let failed) = try await stage.events().last else { return }
            #expect(failed.failure == .lasting, "\(when)")
        }
    }
}

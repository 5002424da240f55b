import Domain
import EventSourcing
import Foundation
import TestSupport
import Testing

/// What people ask of runs.
@Suite struct RunTests {
    private let run = Specification<RunDecider>()

    @Test func `a run is requested once`() {
        run.when(.request(.sample)).then(.requested(.sample))
        for history in RunHistories.open + RunHistories.ended {
            run.given(history).when(.request(.make(maximumAttempts: 9))).thenNothing()
        }
    }

    @Test func `nothing can be done with a run that does not exist`() {
        for command in RunCommand.each.dropFirst() {
            run.when(command).thenRejects(code: "run-not-found", kind: .notFound)
        }
    }

    @Test func `a cancel is noted in every phase in which something can still be stopped`() {
        for history in RunHistories.open.dropLast() {
            run.given(history).when(.requestCancel(reason: "enough"))
                .then(.cancelRequested(RunCancelRequested(reason: "enough")))
            run.given(RunHistories.cancelling(history)).when(.requestCancel(reason: "again")).thenNothing()
        }
    }

    @Test func `a cancel that could not be carried out is refused, and says what to do instead`() {
        run.given(RunHistories.unknown).when(.requestCancel(reason: "x"))
            .thenRejects(code: "run-outcome-unknown", kind: .conflict)
        for history in [RunHistories.succeeded, RunHistories.failed, RunHistories.timedOut] {
            run.given(history).when(.requestCancel(reason: "x"))
                .thenRejects(code: "run-already-ended", kind: .conflict)
        }
        run.given(RunHistories.cancelled).when(.requestCancel(reason: "x")).thenNothing()
    }

    @Test func `a cancel's reason may be empty, and is bounded in bytes`() {
        let most = String(repeating: "é", count: RunDecider.maximumReason / 2)
        for reason in ["", most] {
            run.given(RunHistories.started).when(.requestCancel(reason: reason))
                .then(.cancelRequested(RunCancelRequested(reason: reason)))
        }
        run.given(RunHistories.started).when(.requestCancel(reason: most + "x"))
            .thenRejects(code: "reason-too-long", field: "/reason")
    }

    @Test(arguments: [
        (RunResolution.Outcome.succeeded, RunEnding.succeeded), (.failed, .failed), (.cancelled, .cancelled),
    ])
    func `a person says how an unknown outcome was, and why`(outcome: RunResolution.Outcome, ending: RunEnding) {
        let resolution = RunResolution(outcome: outcome, reason: "seen")
        run.given(RunHistories.unknown).when(.resolve(resolution))
            .then(.resolved(resolution), repeated: .isRejected(code: "run-not-unknown"))
        #expect(RunDecider.fold(RunHistories.unknown + [.resolved(resolution)]).phase == .ended(ending))
    }

    @Test func `a resolution says how it is known, in bounds`() {
        for reason in ["", String(repeating: "x", count: RunDecider.maximumReason + 1)] {
            run.given(RunHistories.unknown).when(.resolve(RunResolution(outcome: .failed, reason: reason)))
                .thenRejects(code: "reason-invalid", field: "/reason")
        }
    }

    @Test func `only an unknown outcome is resolved`() {
        for history in RunHistories.open.dropLast() + RunHistories.ended {
            run.given(history).when(.resolve(RunResolution(outcome: .failed, reason: "x")))
                .thenRejects(code: "run-not-unknown", kind: .conflict)
        }
    }

    @Test func `nothing but a person's word ends an unknown outcome`() {
        for history in [
            RunHistories.unknown, RunHistories.cancelling(RunHistories.started) + [RunHistories.unknown[4]],
        ] {
            for command in RunCommand.each {
                switch command {
                case .request, .reportUnknown, .requestCancel, .resolve: continue
                default: run.given(history).when(command).thenRejects(code: "run-step-out-of-order", kind: .conflict)
                }
            }
            run.given(history).when(.reportUnknown(reason: "again")).thenNothing()
        }
    }

    @Test func `a run that has ended stays as it ended, and its stream is closed`() throws {
        for history in RunHistories.ended {
            let state = RunDecider.fold(history)
            #expect(state.isEnded && RunDecider.isClosed(state))
            for command in RunCommand.each {
                let events = try? RunDecider.decide(command, state)
                #expect(events == nil || events == [], "\(command)")
            }
        }
        for history in RunHistories.open { #expect(!RunDecider.isClosed(RunDecider.fold(history))) }
    }

    @Test func `a failure's message is bounded in bytes, and never within a scalar`() {
        let bound = RunFailure.maximumMessage
        for text in [String(repeating: "x", count: bound), String(repeating: "é", count: bound / 2), ""] {
            #expect(RunFailure(code: "E", fault: .user, message: text, isRetryable: false).message == text)
        }
        for piece in ["x", "é", "漢", "🚒", "👩🏽‍🚒", "e" + String(repeating: "\u{301}", count: 9_000)] {
            let long = String(repeating: piece, count: bound / piece.utf8.count + 2)
            let message = RunFailure(code: "E", fault: .user, message: long, isRetryable: false).message
            #expect(message.utf8.count <= bound)
            #expect(message.utf8.count > bound - 40)
            #expect(message.hasSuffix("…"))
        }
    }
}

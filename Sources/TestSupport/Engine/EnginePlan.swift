package import ControlPlane
package import Domain

/// How a simulated engine behaves: what each query comes to, and what goes wrong on the way.
package struct EnginePlan: Sendable {
    /// What becomes of a submit.
    package enum SubmitFault: Sendable {
        case reject(RunFailure)
        /// The engine never hears of it.
        case loseRequest
        /// The engine has it, and the caller does not learn so.
        case loseAnswer
    }

    /// How a query ends after its last page.
    package enum Ending: Sendable {
        case succeeds(updateCount: Int64?)
        case fails(RunFailure)
        /// It goes on until it is cancelled.
        case hangs
    }

    package var columns = [ResultColumn(name: "n", type: "bigint")]
    /// The rows of each look, one page after the other, before the one that tells the end.
    package var pages = [["[1]", "[2]"], ["[3]"]]
    /// The rows that come with the end.
    package var lastRows: ResultPage?
    /// By the number of the query among those that were started, from 0.
    package var ending: @Sendable (Int) -> Ending = { _ in .succeeds(updateCount: nil) }
    /// Whether a query stops when it is asked to.
    package var heedsCancel = true
    /// Called before each submit, with its number from 1; what it returns goes wrong.
    package var onSubmit: @Sendable (EngineAttempt, Int) async -> SubmitFault? = { _, _ in nil }
    /// Called before each look, with its number from 1; what it returns is the answer.
    package var onLook: @Sendable (EngineAttempt, Int) async -> Look? = { _, _ in nil }

    package init() {}
}

extension RunFailure {
    /// One that may pass by itself.
    package static let passing = RunFailure(
        code: "NODE_GONE", fault: .infrastructure, message: "a node went away", isRetryable: true)
    /// One that stays.
    package static let lasting = RunFailure(
        code: "SYNTAX_ERROR", fault: .user, message: "line 1:8: “FORM”", isRetryable: false)
}

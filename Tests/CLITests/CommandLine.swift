import Synchronization
import Terminal

@testable import CLI

/// What a command line led to.
struct Outcome: Sendable {
    var status: Int32 = -1
    var output = ""
    var errors = ""
}

/// Runs the program `weir` in this process, as in a shell without a terminal.
func weir(_ words: String..., environment: [String: String] = [:]) async -> Outcome {
    await weir(words, environment: environment)
}

func weir(_ words: [String], environment: [String: String] = [:]) async -> Outcome {
    let written = Written()
    let console = Console(
        width: nil, errorWidth: nil, allowsColor: false,
        output: { text in written.outcome.withLock { $0.output += text } },
        errors: { text in written.outcome.withLock { $0.errors += text } })
    let status = await WeirCommand.program.run(words, environment: environment, console: console)
    return written.outcome.withLock { outcome in
        outcome.status = status
        return outcome
    }
}

private final class Written: Sendable {
    let outcome = Mutex(Outcome())
}

import Synchronization
import Terminal

/// A program as rich as the declarations allow, and what it was given.
enum Sample {
    enum Output: String, CaseIterable, Sendable {
        case table
        case json
    }

    static let output = Option(
        "output", short: "o", .choice(Output.self), default: .table, environment: "SAMPLE_OUTPUT",
        summary: "how results are written")
    static let verbose = Flag("verbose", short: "v", environment: "SAMPLE_VERBOSE", summary: "tell what is done")
    static let port = Option(
        "port", short: "p", .integer(in: 1...65_535), default: 8_080, placeholder: "PORT", environment: "SAMPLE_PORT",
        summary: "the port to listen on")
    static let grace = Option(
        "grace", .duration(in: .zero ... .seconds(3_600)), default: .seconds(30),
        summary: "how long requests in flight may take to end when the service stops")
    static let key = Option(
        required: "key", .text, environment: "SAMPLE_KEY", isSecret: true, summary: "the key that seals secrets")
    static let label = Option("label", .text, summary: "a label")
    static let tag = Option(
        repeated: "tag", short: "t", .text, atMost: 3, environment: "SAMPLE_TAGS", summary: "a tag of the job")
    static let name = Positional("name", .text, summary: "the job's name")
    static let file = Positional(optional: "file", .path, summary: "the file to read")
    static let numbers = Positional(repeated: "number", .integer(in: -9...9), count: 0...3, summary: "numbers")

    /// - Parameter action: What every command does.
    static func root(_ action: @escaping Command.Action) -> Command {
        Command(
            "sample", summary: "a program of the tests", parameters: [output, verbose],
            subcommands: [
                Command(
                    "serve", summary: "run the service",
                    discussion: "Runs until it is told to stop.\n\nIt's quiet: what it has to tell goes into its log.",
                    parameters: [port, grace, key], action: action),
                Command(
                    "job", summary: "work with jobs",
                    subcommands: [
                        Command(
                            "create", summary: "create a job", parameters: [label, tag, name, file], action: action),
                        Command("sum", summary: "add numbers: all of them", parameters: [numbers], action: action),
                    ]),
            ])
    }

    /// What a run left behind.
    struct Outcome: Sendable {
        var status: Int32 = -1
        var arguments: Arguments?
        var output = ""
        var errors = ""
    }

    static func run(_ words: String..., environment: [String: String] = [:]) async -> Outcome {
        await run(words, environment: environment) { _, _ in }
    }

    static func run(
        _ words: [String], environment: [String: String] = [:], action: @escaping Command.Action
    ) async -> Outcome {
        let outcome = Recorder()
        let root = root { arguments, console in
            outcome.value.withLock { $0.arguments = arguments }
            try await action(arguments, console)
        }
        let console = Console(
            width: nil, errorWidth: nil, allowsColor: true,
            output: { text in outcome.value.withLock { $0.output += text } },
            errors: { text in outcome.value.withLock { $0.errors += text } })
        let status = await Program(root, version: "1.2.3").run(words, environment: environment, console: console)
        return outcome.value.withLock {
            $0.status = status
            return $0
        }
    }

    private final class Recorder: Sendable {
        let value = Mutex(Outcome())
    }
}

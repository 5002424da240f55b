import Foundation
import Postgres
import Terminal
import TestSupport

/// Lets a log live a long and disturbed life, and looks whether it stayed what it must be. Started by tools/soak.
@main
struct Soak {
    private static let events = Option(
        "events", .integer(in: 1_000...100_000_000), default: 2_000_000, summary: "how long the log grows")
    private static let seed = Option(
        "seed", .integer(in: 0...1_000_000), default: 1, summary: "the same makes the same requests and disturbances")
    private static let disturbances = Option(
        "disturbances", .integer(in: 1...1_000), default: 20, summary: "how often each kind of disturbance comes")

    private static let run = Command(
        "run", summary: "16 writers in 2 processes, readers, kills of processes, connections and Postgres",
        parameters: [events, seed, disturbances]
    ) { arguments, console in
        var plan = SoakRun.Plan()
        plan.events = Int64(arguments[events])
        plan.seed = UInt64(arguments[seed])
        plan.disturbances = arguments[disturbances]
        try await SoakRun.run(plan) { console.writeLine($0) }
        console.writeLine("nothing was lost, doubled or out of order")
    }

    static func main() async {
        let command = Command(
            "Soak", summary: "let a log live a long and disturbed life", subcommands: [run, WriteCommand.command])
        let program = Program(command, version: "0.1.0", explain: { Program.Failure(message: "\($0)") })
        let environment = ProcessInfo.processInfo.environment
        exit(
            await program.run(
                Array(CommandLine.arguments.dropFirst()), environment: environment,
                console: .ofProcess(environment: environment)))
    }
}

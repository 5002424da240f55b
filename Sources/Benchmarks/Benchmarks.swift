import Foundation
import Terminal

/// Measures Weir beside what limits it. Started by tools/bench, which starts what it needs.
@main
struct Benchmarks {
    static func main() async {
        let program = Program(
            Command(
                "Benchmarks", summary: "measure Weir beside what limits it",
                subcommands: [
                    AppendBenchmark.command, HTTPBenchmark.command, IdleBenchmark.command, RebuildBenchmark.command,
                    LagBenchmark.command, SwitchBenchmark.command, GrowthBenchmark.command, VerifyBenchmark.command,
                ]),
            version: "0.1.0", explain: { Program.Failure(message: "\($0)") })
        let environment = ProcessInfo.processInfo.environment
        exit(
            await program.run(
                Array(CommandLine.arguments.dropFirst()), environment: environment,
                console: .ofProcess(environment: environment)))
    }
}

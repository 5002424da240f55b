import Foundation
import Terminal

/// Measures Weir beside what limits it. Started by tools/bench, which starts what it needs.
@main
struct Benchmarks {
    static func main() async {
        do {
            let command = Command(
                "bench", "Measure Weir beside what limits it",
                subcommands: [AppendBenchmark.command, HTTPBenchmark.command, IdleBenchmark.command])
            switch try command.parse(
                Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
            {
            case .help(let command, let path): print(command.help(path: path), terminator: "")
            case let invocation: try await invocation()
            }
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(1)
        }
    }
}

import API
import EventSourcing
import Foundation
import Glibc
import HTTPClient
import Terminal

@main
struct Main {
    /// Exit codes: 0 done, 1 it failed, 3 the log lacks events that were seen and a person has to look, 64 the command
    /// line is not understood.
    static func main() async {
        let environment = ProcessInfo.processInfo.environment
        let status = await WeirCommand.program.run(
            Array(CommandLine.arguments.dropFirst()), environment: environment,
            console: .ofProcess(environment: environment))
        exit(status)
    }
}

/// The program's commands.
enum WeirCommand {
    static let program = Program(command, version: "0.1.0", explain: explain)

    private static let command = Command(
        "weir", summary: "the control plane of an on-prem lakehouse, with the log as the system",
        subcommands: [
            ServeCommand.command, MigrateCommand.command, DevCommand.command, ProjectionCommand.command,
            AuditCommand.command, ReplayCommand.command, StoreCommand.command,
            WorkspaceCommand.command, ConnectionCommand.command, JobCommand.command, RunCommand.command,
        ])

    private static func explain(_ error: any Error) -> Program.Failure {
        switch error {
        case let problem as Problem: .init(message: ProblemText.text(of: problem))
        case let error as ClientError:
            .init(message: "the server did not answer: \(error). Is “weir serve” running, and --server right?")
        case is RunDidNotSucceed, is NotVerified, is HistoryDiffers: .init(message: "")
        case EventStoreError.storeBehind(let why): .init(message: why, exitCode: 3)
        case EventStoreError.storeReplaced(let why), EventStoreError.unavailable(let why, _): .init(message: why)
        default: .init(message: "\(error)")
        }
    }
}

/// A problem, for people.
enum ProblemText {
    static func text(of problem: Problem) -> String {
        var text = problem.detail.map { "\(problem.title): \($0)" } ?? problem.title
        for fault in problem.errors {
            text += "\n  \(fault.pointer ?? fault.parameter ?? ""): \(fault.detail) [\(fault.code)]"
        }
        return text
    }
}

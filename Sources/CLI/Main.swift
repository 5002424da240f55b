import API
import Foundation
import Glibc
import HTTPClient
import Terminal

@main
struct Main {
    /// Exit codes: 0 done, 1 it failed, 2 the command line is not understood.
    static func main() async {
        do {
            let invocation = try WeirCommand.command.parse(
                Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
            switch invocation {
            case .help(let command, let path): print(command.help(path: path), terminator: "")
            case .run: try await invocation()
            }
        } catch let error as UsageError {
            fail("usage: \(error)", code: 2)
        } catch let problem as Problem {
            fail(ProblemText.text(of: problem), code: 1)
        } catch let error as ClientError {
            fail("the server did not answer: \(error). Is “weir serve” running, and --server right?", code: 1)
        } catch is RunDidNotSucceed {
            exit(1)
        } catch {
            fail("\(error)", code: 1)
        }
    }

    private static func fail(_ message: String, code: Int32) {
        FileHandle.standardError.write(Data("error: \(message)\n".utf8))
        exit(code)
    }
}

/// The program's commands.
enum WeirCommand {
    static let command = Command(
        "weir", "The control plane of an on-prem lakehouse, with the log as the system",
        subcommands: [
            ServeCommand.command, MigrateCommand.command, DevCommand.command, ProjectionCommand.command,
            WorkspaceCommand.command, ConnectionCommand.command, JobCommand.command, RunCommand.command,
        ])
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

/// A program: a command that is the root of others, with help, version and completion.
package struct Program: Sendable {
    private let root: Command
    private let version: String
    private let explain: @Sendable (any Error) -> Failure

    /// How an error ends the program.
    package struct Failure: Sendable {
        package let message: String
        package let exitCode: Int32

        package init(message: String, exitCode: Int32 = 1) {
            self.message = message
            self.exitCode = exitCode
        }
    }

    /// - Parameters:
    ///   - version: What `--version` prints.
    ///   - explain: Says of an error that an action threw what people read, and the status.
    package init(
        _ root: Command, version: String,
        explain: @escaping @Sendable (any Error) -> Failure = { Failure(message: "\($0)") }
    ) {
        let program = CompletionScript.command(for: root)
        self.root = root.action == nil ? root.adding([program]) : root
        self.version = version
        self.explain = explain
    }

    /// Runs what the words ask for.
    ///
    /// - Parameter words: The command line after the program's name.
    /// - Returns: The status to end the process with: 0, that of `explain`, or 64 for a command line that does not fit.
    package func run(_ words: [String], environment: [String: String], console: Console) async -> Int32 {
        do {
            let invocation = try Invocation(words, of: root)
            if invocation.wantsVersion { return answer("\(root.name) \(version)\n", console) }
            guard let action = invocation.path.command.action, !invocation.wantsHelp else {
                let help = HelpPage(invocation.path).text(width: console.width)
                if invocation.wantsHelp { return answer(help, console) }
                console.writeError(help)
                return UsageError.exitCode
            }
            try await action(invocation.arguments(environment: environment), console)
            return 0
        } catch let error as UsageError {
            console.writeError(console.errorStyled("error: ", .red) + "\(error)\n")
            if let command = error.command { console.writeError("See '\(command) --help'.\n") }
            return UsageError.exitCode
        } catch {
            let failure = explain(error)
            if !failure.message.isEmpty {
                console.writeError(console.errorStyled("error: ", .red) + failure.message + "\n")
            }
            return failure.exitCode
        }
    }

    private func answer(_ text: String, _ console: Console) -> Int32 {
        console.write(text)
        return 0
    }
}

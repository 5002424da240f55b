/// Scripts that teach a shell to complete a program's command line.
package enum CompletionScript: String, CaseIterable, Sendable {
    case bash
    case zsh
    case fish

    /// The script for a program, made of its declarations.
    package func text(for root: Command) -> String {
        let plan = CompletionPlan(root)
        return switch self {
        case .bash: Self.bash(plan)
        case .zsh: Self.zsh(plan)
        case .fish: Self.fish(plan)
        }
    }

    /// The command that prints the scripts of the program it belongs to.
    static func command(for root: Command) -> Command {
        let shell = Positional("shell", .choice(CompletionScript.self), summary: "the shell that shall complete")
        let name = root.name
        func command(_ action: @escaping Command.Action) -> Command {
            Command(
                "completion", summary: "print a script that completes commands in a shell",
                discussion: """
                    bash: source <(\(name) completion bash)
                    zsh:  source <(\(name) completion zsh)
                    fish: \(name) completion fish | source
                    """,
                parameters: [shell], action: action)
        }
        let whole = root.adding([command { _, _ in }])
        return command { arguments, console in console.write(arguments[shell].text(for: whole)) }
    }
}

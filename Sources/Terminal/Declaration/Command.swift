/// A command, declared once: parsing, help and completion are made of it.
package struct Command: Sendable {
    package typealias Action = @Sendable (Arguments, Console) async throws -> Void

    package let name: String
    /// One sentence without a full stop, such as `start the service`.
    package let summary: String
    /// Whole paragraphs, parted by empty lines.
    package let discussion: String
    /// Options and flags hold for subcommands, too.
    package let parameters: [Parameter]
    package let subcommands: [Command]
    /// Nil for a command that only groups others.
    let action: Action?

    /// A command that does something.
    package init(
        _ name: String, summary: String, discussion: String = "", parameters: [any ParameterDeclaration] = [],
        action: @escaping Action
    ) {
        self.init(name, summary, discussion, parameters.map(\.parameter), subcommands: [], action: action)
    }

    /// A command that groups others.
    package init(
        _ name: String, summary: String, discussion: String = "", parameters: [any ParameterDeclaration] = [],
        subcommands: [Command]
    ) {
        precondition(!parameters.contains { $0.parameter.kind == .positional }, "\(name): a group takes no positionals")
        self.init(name, summary, discussion, parameters.map(\.parameter), subcommands: subcommands, action: nil)
    }

    private init(
        _ name: String, _ summary: String, _ discussion: String, _ parameters: [Parameter], subcommands: [Command],
        action: Action?
    ) {
        precondition(Set(parameters.map(\.name)).count == parameters.count, "\(name): a parameter's name stands twice")
        precondition(Set(subcommands.map(\.name)).count == subcommands.count, "\(name): a command's name stands twice")
        let shorts = parameters.compactMap(\.short)
        precondition(Set(shorts).count == shorts.count, "\(name): a parameter's short name stands twice")
        let positionals = parameters.filter { $0.kind == .positional }
        for (one, next) in zip(positionals, positionals.dropFirst()) {
            precondition(one.occurrences.upperBound == 1, "\(name): nothing may follow the repeated \(one.name)")
            precondition(
                one.occurrences.lowerBound >= min(1, next.occurrences.lowerBound),
                "\(name): \(next.name) is required after \(one.name), which is not")
        }
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.parameters = parameters
        self.subcommands = subcommands
        self.action = action
    }

    var options: [Parameter] { parameters.filter { $0.kind != .positional } }
    var positionals: [Parameter] { parameters.filter { $0.kind == .positional } }

    /// The same command with more subcommands.
    func adding(_ more: [Command]) -> Command {
        Command(name, summary, discussion, parameters, subcommands: subcommands + more, action: action)
    }
}

/// Where a command stands: the program first, then each subcommand's name.
struct CommandPath: Sendable {
    /// Never empty.
    private(set) var commands: [Command]

    init(root: Command) {
        commands = [root]
    }

    var command: Command { commands[commands.count - 1] }
    var text: String { commands.map(\.name).joined(separator: " ") }
    /// The options that hold here, those of the command itself first.
    var options: [Parameter] { commands.reversed().flatMap(\.options) }

    func descending(to command: Command) -> CommandPath {
        var path = self
        path.commands.append(command)
        return path
    }

    /// This command and all below it, in the order of their declaration.
    var descendants: [CommandPath] { [self] + command.subcommands.flatMap { descending(to: $0).descendants } }
}

/// A command of a program: what it takes, what it does, and the commands below it.
package struct Command: Sendable {
    package typealias Action = @Sendable (Arguments) async throws -> Void

    package let name: String
    /// One line, without a full stop.
    package let summary: String
    /// More, for the command's own help.
    package let discussion: String
    package let positionals: [Positional]
    package let options: [Option]
    package let subcommands: [Command]
    let action: Action?

    package init(
        _ name: String, _ summary: String, discussion: String = "", positionals: [Positional] = [],
        options: [Option] = [], action: @escaping Action
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.positionals = positionals
        self.options = options
        subcommands = []
        self.action = action
    }

    /// A group of commands.
    package init(_ name: String, _ summary: String, discussion: String = "", subcommands: [Command]) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        positionals = []
        options = []
        self.subcommands = subcommands
        action = nil
    }
}

/// An argument that stands by its place.
package struct Positional: Sendable {
    package let name: String
    package let help: String
    package let isOptional: Bool

    package init(_ name: String, _ help: String, isOptional: Bool = false) {
        self.name = name
        self.help = help
        self.isOptional = isOptional
    }
}

/// An argument that stands by its name: `--name value`, `--name=value`, or `--name` alone for a flag.
package struct Option: Sendable {
    package let name: String
    /// What the value is called in the help; nil for a flag.
    package let value: String?
    package let help: String
    /// What it is when it is not given.
    package let defaultValue: String?
    /// The environment variable that it is taken from when it is not given.
    package let variable: String?
    package let isRepeated: Bool

    package init(
        _ name: String, _ value: String? = nil, _ help: String, default defaultValue: String? = nil,
        variable: String? = nil, isRepeated: Bool = false
    ) {
        self.name = name
        self.value = value
        self.help = help
        self.defaultValue = defaultValue
        self.variable = variable
        self.isRepeated = isRepeated
    }
}

/// The command line is not what the program takes. The text says what is wrong and what to do.
package struct UsageError: Error, CustomStringConvertible, Sendable {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

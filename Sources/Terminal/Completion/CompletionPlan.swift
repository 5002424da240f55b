/// What can follow at each place of a program, for shells: one place for each command.
struct CompletionPlan {
    struct Place {
        /// The command as it is written, such as `weir job create`.
        let path: String
        /// Subcommands and their summaries.
        let commands: [(name: String, summary: String)]
        let options: [Parameter]
        /// What completes the arguments by position.
        let operands: ValueCompletion

        /// All ways to write an option, such as `-p` and `--port`.
        static func spellings(of option: Parameter) -> [String] {
            ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
        }
    }

    let program: String
    let places: [Place]

    init(_ root: Command) {
        program = root.name
        places = CommandPath(root: root).descendants.map { path in
            Place(
                path: path.text, commands: path.command.subcommands.map { ($0.name, $0.summary) },
                options: path.options,
                operands: path.command.positionals.map(\.completion).first { $0 != .nothing } ?? .nothing)
        }
    }

    /// The paths of all places but the program itself.
    var subpaths: [String] { places.dropFirst().map(\.path) }

    /// Each place with an option that takes a value, as `PATH --OPTION`, by what completes the value.
    var values: [(patterns: [String], completion: ValueCompletion)] {
        places.flatMap { place in
            place.options.filter { $0.kind == .option }.map { option in
                (Place.spellings(of: option).map { "\(place.path) \($0)" }, option.completion)
            }
        }
    }
}

extension String {
    /// As one word of a shell, in single quotes.
    var shellQuoted: String {
        "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

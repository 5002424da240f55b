extension Command {
    /// The help of a command, made of its declaration.
    package func help(path: [String]) -> String {
        var text = "\(summary).\n\nUsage: \(path.joined(separator: " "))"
        if !subcommands.isEmpty { text += " COMMAND" }
        for place in positionals { text += place.isOptional ? " [\(place.name)]" : " \(place.name)" }
        if !options.isEmpty { text += " [OPTION...]" }
        text += "\n"
        if !discussion.isEmpty { text += "\n\(discussion)\n" }
        text += Self.section("Commands", subcommands.map { ($0.name, $0.summary) })
        text += Self.section("Arguments", positionals.map { ($0.name, $0.help) })
        text += Self.section("Options", options.map { ("--\($0.name)\($0.value.map { " \($0)" } ?? "")", $0.fullHelp) })
        if !subcommands.isEmpty {
            text += "\n“\(path.joined(separator: " ")) COMMAND --help” tells more of a command.\n"
        }
        return text
    }

    private static func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let width = rows.map(\.0.count).max() ?? 0
        return "\n\(title):\n"
            + rows.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)\n" }.joined()
    }
}

extension Option {
    fileprivate var fullHelp: String {
        let notes = [
            variable.map { "from \($0)" }, defaultValue.map { "default \($0)" }, isRepeated ? "may be repeated" : nil,
        ].compactMap(\.self)
        return notes.isEmpty ? help : "\(help) (\(notes.joined(separator: "; ")))"
    }
}

/// What `--help` says of a command, made of its declaration.
struct HelpPage {
    private let path: CommandPath
    private static let widest = 100

    init(_ path: CommandPath) {
        self.path = path
    }

    /// - Parameter width: Columns of the terminal; longer lines are folded.
    func text(width: Int?) -> String {
        let width = min(width ?? Self.widest, Self.widest)
        let command = path.command
        var paragraphs = ["\(path.text): \(command.summary)".folded(to: width), usage.folded(to: width, indent: 7)]
        paragraphs += command.discussion.isEmpty ? [] : [command.discussion.folded(to: width)]
        paragraphs += section("Commands", command.subcommands.map { ($0.name, $0.summary) }, width: width)
        paragraphs += section("Arguments", command.positionals.map { ($0.placeholder, described($0)) }, width: width)
        let help = ("-h, --help", "show this")
        let version = path.commands.count == 1 ? [("    --version", "print the version")] : []
        paragraphs += section("Options", command.options.map(entry) + version + [help], width: width)
        for outer in path.commands.dropLast().reversed() {
            paragraphs += section("Options of \(outer.name)", outer.options.map(entry), width: width)
        }
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    private var usage: String {
        let command = path.command
        let required = command.options.filter { $0.occurrences.lowerBound > 0 }.map { "\($0.label) \($0.placeholder)" }
        let positionals = command.positionals.map { parameter in
            let name = parameter.placeholder + (parameter.occurrences.upperBound > 1 ? "..." : "")
            return parameter.occurrences.lowerBound == 0 ? "[\(name)]" : name
        }
        let subcommand = command.subcommands.isEmpty ? [] : ["COMMAND"]
        let words = required + ["[OPTIONS]"] + positionals + subcommand
        return "Usage: \(path.text) " + words.joined(separator: " ")
    }

    private func entry(_ option: Parameter) -> (String, String) {
        let short = option.short.map { "-\($0), " } ?? "    "
        let value = option.kind == .flag ? "" : " \(option.placeholder)"
        return (short + option.label + value, described(option))
    }

    private func described(_ parameter: Parameter) -> String {
        let source = parameter.environment.map { "or \($0)" }
        let rule = [parameter.bounds, parameter.defaultText.map { "default \($0)" }, source].compactMap(\.self)
        let times = parameter.occurrences.upperBound > 1 ? "; may be repeated" : ""
        return parameter.summary + times + (rule.isEmpty ? "" : " [" + rule.joined(separator: "; ") + "]")
    }

    /// Two columns under a title; nothing when there are no entries.
    private func section(_ title: String, _ entries: [(String, String)], width: Int) -> [String] {
        guard !entries.isEmpty else { return [] }
        let left = min(30, (entries.map { $0.0.displayWidth }.max() ?? 0)) + 4
        let lines = entries.map { name, text in
            let head = "  " + name
            let padding = String(repeating: " ", count: max(0, left - head.displayWidth))
            guard !padding.isEmpty else {
                return head + "\n" + (String(repeating: " ", count: left) + text).folded(to: width, indent: left)
            }
            return (head + padding + text).folded(to: width, indent: left)
        }
        return [title + ":\n" + lines.joined(separator: "\n")]
    }
}

extension CompletionScript {
    static func zsh(_ plan: CompletionPlan) -> String {
        let descents = plan.subpaths.map(\.shellQuoted).joined(separator: " | ")
        let descent = descents.isEmpty ? "" : "        (\(descents)) place+=\" $word\" ;;\n"
        let values = plan.values.map { entry in
            let answer =
                switch entry.completion {
                case .nothing: "return"
                case .files: "_files; return"
                case .words(let words): "compadd -- \(words.map(\.shellQuoted).joined(separator: " ")); return"
                }
            return "    (\(entry.patterns.map(\.shellQuoted).joined(separator: " | "))) \(answer) ;;\n"
        }
        let places = plan.places.map { place in
            var words = place.commands.map { described($0.name, $0.summary) }
            if case .words(let choices) = place.operands { words += choices.map { described($0, "") } }
            words += place.options.map { described($0.label, $0.summary) } + [described("--help", "show help")]
            let files = place.operands == .files ? "; _files" : ""
            return "    (\(place.path.shellQuoted)) candidates=(\(words.joined(separator: " ")))\(files) ;;\n"
        }
        return """
            #compdef \(plan.program)
            _\(plan.program)() {
                local place=\(plan.program) word
                local -a candidates
                for word in "${(@)words[2,CURRENT-1]}"; do
                    case "$place $word" in
            \(descent)        esac
                done
                case "$place ${words[CURRENT-1]}" in
            \(values.joined())    esac
                case "$place" in
            \(places.joined())    esac
                _describe \(plan.program.shellQuoted) candidates
            }
            compdef _\(plan.program) \(plan.program)

            """
    }

    /// A candidate of `_describe`, in which a colon parts name and description.
    private static func described(_ name: String, _ summary: String) -> String {
        let escaped = name.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
        return (summary.isEmpty ? escaped : "\(escaped):\(summary)").shellQuoted
    }
}

extension CompletionScript {
    static func bash(_ plan: CompletionPlan) -> String {
        let descents = plan.subpaths.map(\.shellQuoted).joined(separator: " | ")
        let descent = descents.isEmpty ? "" : "        \(descents)) place+=\" $word\" ;;\n"
        let values = plan.values.map { entry in
            let answer =
                switch entry.completion {
                case .nothing: "return"
                case .files: "mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return"
                case .words(let words):
                    "mapfile -t COMPREPLY < <(compgen -W \(words.joined(separator: " ").shellQuoted)"
                        + " -- \"$current\"); return"
                }
            return "    \(entry.patterns.map(\.shellQuoted).joined(separator: " | "))) \(answer) ;;\n"
        }
        let places = plan.places.map { place in
            var words = place.commands.map(\.name)
            if case .words(let choices) = place.operands { words += choices }
            words += place.options.map(\.label) + ["--help"]
            let files = place.operands == .files ? " files=-f" : ""
            return "    \(place.path.shellQuoted)) words=\(words.joined(separator: " ").shellQuoted)\(files) ;;\n"
        }
        return """
            # bash completion for \(plan.program)
            _\(plan.program)() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
                local place=\(plan.program) word words= files=
                # `--name=value` comes as three words.
                if [[ $current == = ]]; then
                    current=
                elif [[ $previous == = ]]; then
                    previous=${COMP_WORDS[COMP_CWORD - 2]}
                fi
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "$place $word" in
            \(descent)        esac
                done
                case "$place $previous" in
            \(values.joined())    esac
                case "$place" in
            \(places.joined())    esac
                mapfile -t COMPREPLY < <(compgen $files -W "$words" -- "$current")
            }
            complete -F _\(plan.program) \(plan.program)

            """
    }
}

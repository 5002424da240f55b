extension CompletionScript {
    static func fish(_ plan: CompletionPlan) -> String {
        let function = "__\(plan.program)_place"
        let lines = plan.places.flatMap { place in
            let start = "complete -c \(plan.program) -n \("test (\(function)) = \"\(place.path)\"".fishQuoted)"
            let commands = place.commands.map { "\(start) -a \($0.name) -d \($0.summary.fishQuoted)" }
            let options = place.options.map { option in
                let short = option.short.map { " -s \($0)" } ?? ""
                return "\(start) -l \(option.name)\(short)\(value(option)) -d \(option.summary.fishQuoted)"
            }
            return commands + options + operands(place).map { start + $0 }
        }
        let descents = plan.subpaths.map(\.fishQuoted).joined(separator: " ")
        return """
            # fish completion for \(plan.program)
            function \(function)
                set -l place \(plan.program)
                for word in (commandline -opc)[2..]
                    if contains -- "$place $word" \(descents)
                        set place "$place $word"
                    end
                end
                echo $place
            end
            complete -c \(plan.program) -f
            complete -c \(plan.program) -s h -l help -d 'show help'
            \(lines.joined(separator: "\n"))

            """
    }

    private static func value(_ option: Parameter) -> String {
        guard option.kind == .option else { return "" }
        return switch option.completion {
        case .nothing: " -x"
        case .files: " -r -F"
        case .words(let words): " -x -a \(words.joined(separator: " ").fishQuoted)"
        }
    }

    private static func operands(_ place: CompletionPlan.Place) -> [String] {
        switch place.operands {
        case .nothing: []
        case .files: [" -F"]
        case .words(let words): [" -a \(words.joined(separator: " ").fishQuoted)"]
        }
    }
}

extension String {
    /// As one word of fish, in single quotes, in which backslash escapes.
    fileprivate var fishQuoted: String {
        "'" + map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "'"
    }
}

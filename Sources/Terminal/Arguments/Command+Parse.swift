extension Command {
    /// What a command line asks for.
    package enum Invocation: Sendable {
        case run(Command, Arguments)
        /// The help of the command at this path.
        case help(Command, path: [String])

        /// - Throws: What the command throws.
        package func callAsFunction() async throws {
            if case .run(let command, let arguments) = self { try await command.action?(arguments) }
        }
    }

    /// Reads a command line, without the program's name.
    ///
    /// - Throws: `UsageError`.
    package func parse(_ line: [String], environment: [String: String] = [:]) throws(UsageError) -> Invocation {
        var command = self
        var path = [name]
        var rest = line[...]
        while command.action == nil {
            guard let word = rest.first, word != "--help", word != "-h", word != "help" else {
                return .help(command, path: path)
            }
            guard let next = command.subcommands.first(where: { $0.name == word }) else {
                throw command.unknown(word, path)
            }
            command = next
            path.append(word)
            rest = rest.dropFirst()
        }
        if rest.contains(where: { $0 == "--help" || $0 == "-h" }) { return .help(command, path: path) }
        return .run(command, try command.arguments(rest, path, environment))
    }

    private func unknown(_ word: String, _ path: [String]) -> UsageError {
        let names = subcommands.map(\.name)
        let near = names.min { Self.distance($0, word) < Self.distance($1, word) }
        let hint = near.flatMap { Self.distance($0, word) <= 2 ? "; did you mean “\($0)”?" : nil } ?? ""
        return UsageError(
            "“\(path.joined(separator: " "))” has no command “\(word)”\(hint) There are \(names.joined(separator: ", "))."
        )
    }

    private func arguments(
        _ line: ArraySlice<String>, _ path: [String], _ environment: [String: String]
    ) throws(UsageError) -> Arguments {
        var arguments = Arguments()
        var places = positionals[...]
        var words = line
        while let word = words.popFirst() {
            if word.hasPrefix("--"), word != "--" {
                try take(word.dropFirst(2), &words, &arguments, path)
            } else if let place = places.popFirst() {
                arguments.values[place.name] = [word]
            } else {
                throw UsageError("“\(word)” is one argument too many; see \(path.joined(separator: " ")) --help")
            }
        }
        if let missing = places.first(where: { !$0.isOptional }) {
            throw UsageError("\(missing.name) is missing: \(missing.help); see \(path.joined(separator: " ")) --help")
        }
        for option in options where arguments.values[option.name] == nil && option.value != nil {
            let fallback = option.variable.flatMap { environment[$0] } ?? option.defaultValue
            if let fallback { arguments.values[option.name] = [fallback] }
        }
        return arguments
    }

    private func take(
        _ text: Substring, _ words: inout ArraySlice<String>, _ arguments: inout Arguments, _ path: [String]
    ) throws(UsageError) {
        let name = String(text.prefix { $0 != "=" })
        guard let option = options.first(where: { $0.name == name }) else {
            let near = options.map(\.name).min { Self.distance($0, name) < Self.distance($1, name) }
            let hint = near.flatMap { Self.distance($0, name) <= 2 ? "; did you mean --\($0)?" : nil }
            throw UsageError("there is no option --\(name)\(hint ?? "; see \(path.joined(separator: " ")) --help")")
        }
        guard option.value != nil else {
            guard text.count == name.count else { throw UsageError("--\(name) takes no value") }
            arguments.flags.insert(name)
            return
        }
        let value: String
        if text.count > name.count {
            value = String(text.dropFirst(name.count + 1))
        } else if let next = words.popFirst() {
            value = next
        } else {
            throw UsageError("--\(name) needs a value: \(option.help)")
        }
        if arguments.values[name] != nil, !option.isRepeated { throw UsageError("--\(name) is given twice") }
        arguments.values[name, default: []].append(value)
    }

    /// How many letters have to be changed, added or left out to make one word of the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var previous = row[0]
            row[0] = index + 1
            for place in right.indices {
                let substitution = previous + (right[place] == letter ? 0 : 1)
                previous = row[place + 1]
                row[place + 1] = min(substitution, row[place] + 1, previous + 1)
            }
        }
        return row[right.count]
    }
}

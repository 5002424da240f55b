/// A command line as it was understood, before its values are checked.
struct Invocation: Sendable {
    private(set) var path: CommandPath
    /// Texts by the parameter's name, in the order they were given.
    private(set) var texts: [String: [String]] = [:]
    /// Whether help was asked for, anywhere.
    private(set) var wantsHelp = false
    private(set) var wantsVersion = false

    private var operands: [String] = []
    /// The option whose value comes next.
    private var pending: Parameter?
    private var onlyOperands = false

    /// Reads the words after the program's name.
    init(_ words: [String], of root: Command) throws(UsageError) {
        path = CommandPath(root: root)
        for word in words { try take(word) }
        if let pending, !wantsHelp { throw failure("\(pending.label) needs a value \(pending.placeholder)") }
        try assignOperands()
    }

    private func failure(_ message: String) -> UsageError { UsageError(description: message, command: path.text) }

    private mutating func take(_ word: String) throws(UsageError) {
        if let option = pending {
            pending = nil
            record(option, word)
        } else if onlyOperands || !word.hasPrefix("-") || word == "-" || isNegativeNumber(word) {
            try takeOperand(word)
        } else if word == "--" {
            onlyOperands = true
        } else if word.hasPrefix("--") {
            try takeLong(word.dropFirst(2))
        } else {
            try takeShorts(word.dropFirst())
        }
    }

    private func isNegativeNumber(_ word: String) -> Bool {
        guard let first = word.dropFirst().first, first.isASCII, first.isNumber else { return false }
        return !path.options.contains { $0.short == first }
    }

    private mutating func takeOperand(_ word: String) throws(UsageError) {
        let names = path.command.subcommands
        guard !names.isEmpty else { return operands.append(word) }
        guard let next = names.first(where: { $0.name == word }) else {
            throw .unknown("command", word, at: path, candidates: names.map(\.name))
        }
        path = path.descending(to: next)
    }

    private mutating func takeLong(_ word: Substring) throws(UsageError) {
        let name = word.prefix { $0 != "=" }
        let value = word.dropFirst(name.count)
        if name == "help" { return wantsHelp = true }
        if name == "version", path.commands.count == 1 { return wantsVersion = true }
        guard let option = path.options.first(where: { $0.name == name }) else {
            throw .unknown("option", "--\(name)", at: path, candidates: path.options.map(\.label) + ["--help"])
        }
        switch (option.kind == .flag, value.isEmpty) {
        case (true, true): record(option, "true")
        case (true, false): throw failure("--\(name) takes no value")
        case (false, true): pending = option
        case (false, false): record(option, String(value.dropFirst()))
        }
    }

    /// `-ab` is `-a -b` for flags; the first that takes a value takes the rest of the word.
    private mutating func takeShorts(_ letters: Substring) throws(UsageError) {
        guard let letter = letters.first else { return }
        let rest = letters.dropFirst()
        if let option = path.options.first(where: { $0.short == letter }) {
            guard option.kind == .flag else {
                if rest.isEmpty { pending = option } else { record(option, String(rest)) }
                return
            }
            record(option, "true")
        } else if letter == "h" {
            wantsHelp = true
        } else {
            throw .unknown("option", "-\(letter)", at: path, candidates: [])
        }
        try takeShorts(rest)
    }

    private mutating func record(_ parameter: Parameter, _ text: String) {
        texts[parameter.name, default: []].append(text)
    }

    private mutating func assignOperands() throws(UsageError) {
        var rest = operands[...]
        for positional in path.command.positionals {
            let taken = rest.prefix(positional.occurrences.upperBound)
            rest = rest.dropFirst(taken.count)
            if !taken.isEmpty { texts[positional.name] = Array(taken) }
        }
        guard let extra = rest.first, !wantsHelp else { return }
        throw failure("there is no place for '\(extra.printable)'")
    }
}

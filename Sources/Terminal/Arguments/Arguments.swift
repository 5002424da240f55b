/// The arguments of a command, as they were given.
package struct Arguments: Sendable {
    var values: [String: [String]] = [:]
    var flags: Set<String> = []

    /// Whether a flag was given.
    package func flag(_ name: String) -> Bool { flags.contains(name) }

    /// The value of an option or positional; nil when there is none.
    package subscript(name: String) -> String? { values[name]?.last }

    /// All values of a repeated option, in their order.
    package func all(_ name: String) -> [String] { values[name] ?? [] }

    /// - Throws: `UsageError` when there is no value.
    package func require(_ name: String) throws -> String {
        guard let value = self[name] else { throw UsageError("--\(name) is missing") }
        return value
    }

    /// A whole number within bounds; nil when there is no value.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "--\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not “\(text)”")
        }
        return number
    }

    /// `NAME=VALUE` texts as pairs.
    package func pairs(_ name: String) throws -> [(name: String, value: String)] {
        try all(name).map { text in
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw UsageError("--\(name) must be NAME=VALUE, not “\(text)”")
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
    }
}

extension Arguments {
    /// The same, with values for options that were not given.
    package func withDefaults(_ defaults: [String: String]) -> Arguments {
        var arguments = self
        for (name, value) in defaults where arguments.values[name] == nil { arguments.values[name] = [value] }
        return arguments
    }
}

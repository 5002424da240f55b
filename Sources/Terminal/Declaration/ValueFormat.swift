/// How a value is written on the command line, and which values are allowed.
package struct ValueFormat<Value: Sendable>: Sendable {
    /// Stands for the value in help, such as `N`.
    let placeholder: String
    /// Which values are allowed, in words, such as `1 to 65535`; nil when any are.
    let bounds: String?
    /// What completion offers.
    let completion: ValueCompletion
    let parse: @Sendable (String) throws(InvalidValue) -> Value
    let describe: @Sendable (Value) -> String

    /// A format of one's own.
    ///
    /// - Parameters:
    ///   - bounds: Which values are allowed, in words.
    ///   - parse: Reads a value, or says by `InvalidValue` what it should have been.
    ///   - describe: Writes a value as `parse` reads it.
    package init(
        placeholder: String, bounds: String? = nil, completion: ValueCompletion = .nothing,
        parse: @escaping @Sendable (String) throws(InvalidValue) -> Value,
        describe: @escaping @Sendable (Value) -> String
    ) {
        self.placeholder = placeholder
        self.bounds = bounds
        self.completion = completion
        self.parse = parse
        self.describe = describe
    }
}

/// What completion offers where a value is expected.
package enum ValueCompletion: Sendable, Hashable {
    case nothing
    case files
    case words([String])
}

/// A text is not a value of its format.
package struct InvalidValue: Error {
    /// What it should have been, such as `a whole number from 1 to 65535`.
    let expected: String

    package init(expected: String) {
        self.expected = expected
    }
}

extension ValueFormat where Value == String {
    /// Any text that is not empty.
    package static let text = ValueFormat(placeholder: "TEXT") { text throws(InvalidValue) in
        guard !text.isEmpty else { throw InvalidValue(expected: "a text that is not empty") }
        return text
    } describe: {
        $0
    }

    /// The path of a file or folder; `-` may stand for standard input or output where the command says so.
    package static let path = ValueFormat(placeholder: "PATH", completion: .files) { text throws(InvalidValue) in
        guard !text.isEmpty else { throw InvalidValue(expected: "a path") }
        return text
    } describe: {
        $0
    }
}

extension ValueFormat where Value == Int {
    /// A whole number within bounds.
    package static func integer(in range: ClosedRange<Int>) -> ValueFormat {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return ValueFormat(placeholder: "N", bounds: bounds) { text throws(InvalidValue) in
            guard let value = Int(text), range.contains(value) else {
                throw InvalidValue(expected: "a whole number from \(bounds)")
            }
            return value
        } describe: {
            "\($0)"
        }
    }
}

extension ValueFormat where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of an enumeration's names.
    package static func choice(_ type: Value.Type = Value.self) -> ValueFormat {
        let names = Value.allCases.map(\.rawValue)
        let bounds = "one of " + names.joined(separator: ", ")
        return ValueFormat(placeholder: "NAME", bounds: bounds, completion: .words(names)) {
            text throws(InvalidValue) in
            guard let value = Value(rawValue: text) else { throw InvalidValue(expected: bounds) }
            return value
        } describe: {
            $0.rawValue
        }
    }
}

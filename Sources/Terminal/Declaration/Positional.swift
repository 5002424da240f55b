/// An argument by its position.
package struct Positional<Value: Sendable>: ParameterDeclaration {
    package let parameter: Parameter
    private let read: @Sendable ([String]) throws(InvalidValue) -> Value

    package func value(of texts: [String]) throws(InvalidValue) -> Value { try read(texts) }

    /// An argument that must be given.
    package init(_ name: String, _ format: ValueFormat<Value>, summary: String) {
        parameter = Parameter(
            .positional, name, format: format, placeholder: nil, occurrences: 1...1, summary: summary)
        read = { texts throws(InvalidValue) in try format.parse(texts.first ?? "") }
    }

    /// An argument that may be left out; only repeated ones and others of its kind may follow.
    package init<Given>(optional name: String, _ format: ValueFormat<Given>, summary: String) where Value == Given? {
        parameter = Parameter(
            .positional, name, format: format, placeholder: nil, occurrences: 0...1, summary: summary)
        read = { texts throws(InvalidValue) in try texts.first.map(format.parse) }
    }

    /// The rest of the arguments; must be the last.
    package init<Element>(
        repeated name: String, _ format: ValueFormat<Element>, count: ClosedRange<Int> = 0...1_000, summary: String
    ) where Value == [Element] {
        parameter = Parameter(
            .positional, name, format: format, placeholder: nil, occurrences: count, summary: summary)
        read = { texts throws(InvalidValue) in try texts.map(format.parse) }
    }
}

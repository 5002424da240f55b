/// An option with a value: `--name VALUE` or `--name=VALUE`, and `-x VALUE` or `-xVALUE` with a short name.
package struct Option<Value: Sendable>: ParameterDeclaration {
    package let parameter: Parameter
    private let read: @Sendable ([String]) throws(InvalidValue) -> Value

    package func value(of texts: [String]) throws(InvalidValue) -> Value { try read(texts) }

    /// An option with a default.
    package init(
        _ name: String, short: Character? = nil, _ format: ValueFormat<Value>, default standard: Value,
        placeholder: String? = nil, environment: String? = nil, summary: String
    ) {
        parameter = Parameter(
            .option, name, short: short, format: format, placeholder: placeholder, occurrences: 0...1,
            defaultValue: standard, environment: environment, summary: summary)
        read = { texts throws(InvalidValue) in try texts.first.map(format.parse) ?? standard }
    }

    /// An option that must be given, by the command line or the environment.
    package init(
        required name: String, short: Character? = nil, _ format: ValueFormat<Value>, placeholder: String? = nil,
        environment: String? = nil, isSecret: Bool = false, summary: String
    ) {
        parameter = Parameter(
            .option, name, short: short, format: format, placeholder: placeholder, occurrences: 1...1,
            environment: environment, isSecret: isSecret, summary: summary)
        read = { texts throws(InvalidValue) in try format.parse(texts.first ?? "") }
    }

    /// An option that may be left out.
    package init<Given>(
        _ name: String, short: Character? = nil, _ format: ValueFormat<Given>, placeholder: String? = nil,
        environment: String? = nil, isSecret: Bool = false, summary: String
    ) where Value == Given? {
        parameter = Parameter(
            .option, name, short: short, format: format, placeholder: placeholder, occurrences: 0...1,
            environment: environment, isSecret: isSecret, summary: summary)
        read = { texts throws(InvalidValue) in try texts.first.map(format.parse) }
    }

    /// An option that may be given several times; in an environment variable, commas part the values.
    package init<Element>(
        repeated name: String, short: Character? = nil, _ format: ValueFormat<Element>, atMost limit: Int = 100,
        placeholder: String? = nil, environment: String? = nil, summary: String
    ) where Value == [Element] {
        parameter = Parameter(
            .option, name, short: short, format: format, placeholder: placeholder, occurrences: 0...limit,
            environment: environment, summary: summary)
        read = { texts throws(InvalidValue) in try texts.map(format.parse) }
    }
}

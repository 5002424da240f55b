/// An option without a value: given or not.
package struct Flag: ParameterDeclaration {
    package let parameter: Parameter

    /// - Parameter environment: A variable that says `true` or `false` (`1`, `yes`, `0` and `no` as well).
    package init(_ name: String, short: Character? = nil, environment: String? = nil, summary: String) {
        parameter = Parameter(
            .flag, name, short: short, format: .truth, placeholder: "", occurrences: 0...1, environment: environment,
            summary: summary)
    }

    package func value(of texts: [String]) throws(InvalidValue) -> Bool {
        try texts.first.map(ValueFormat.truth.parse) ?? false
    }
}

extension ValueFormat where Value == Bool {
    static let truth = ValueFormat(placeholder: "") { text throws(InvalidValue) in
        switch text {
        case "true", "1", "yes": true
        case "false", "0", "no": false
        default: throw InvalidValue(expected: "true or false")
        }
    } describe: {
        "\($0)"
    }
}

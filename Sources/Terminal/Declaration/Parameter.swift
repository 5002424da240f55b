/// What a command takes: an option, a flag or an argument by position, without the type of its value.
package struct Parameter: Sendable {
    package enum Kind: Sendable, Hashable {
        /// `--name VALUE`
        case option
        /// `--name`
        case flag
        /// A word by its position.
        case positional
    }

    package let kind: Kind
    /// Long name without dashes; the position's name for a positional.
    package let name: String
    /// One letter, for `-x`.
    package var short: Character?
    package let summary: String
    /// The variable that gives a value where the command line gives none.
    package var environment: String?
    /// Whether its value must not be shown.
    package var isSecret = false
    let placeholder: String
    let bounds: String?
    let completion: ValueCompletion
    /// How often it may be given.
    let occurrences: ClosedRange<Int>
    /// What holds when nothing was given; nil when nothing does.
    var defaultText: String?
    /// Checks one value's text.
    let check: @Sendable (String) throws(InvalidValue) -> Void

    /// As people write it: `--name`, or NAME for a positional.
    package var label: String { kind == .positional ? placeholder : "--\(name)" }
}

/// Something that declares a parameter.
package protocol ParameterDeclaration<Value>: Sendable {
    associatedtype Value: Sendable

    var parameter: Parameter { get }

    /// Reads the texts that were given, which were checked and counted before; none means the default.
    func value(of texts: [String]) throws(InvalidValue) -> Value
}

extension Parameter {
    init<Value>(
        _ kind: Kind, _ name: String, short: Character? = nil, format: ValueFormat<Value>, placeholder: String?,
        occurrences: ClosedRange<Int>, defaultValue: Value? = nil, environment: String? = nil, isSecret: Bool = false,
        summary: String
    ) {
        self.init(
            kind: kind, name: name, short: short, summary: summary, environment: environment, isSecret: isSecret,
            placeholder: placeholder ?? (kind == .positional ? name.uppercased() : format.placeholder),
            bounds: format.bounds, completion: format.completion, occurrences: occurrences,
            defaultText: defaultValue.map(format.describe),
            check: { text throws(InvalidValue) in _ = try format.parse(text) })
    }
}

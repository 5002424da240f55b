extension JobParameter {
    /// A value as a SQL literal, in the form that Postgres and Trino share.
    ///
    /// - Parameter field: The JSON pointer that an error names.
    /// - Throws: When the text is not a value of the parameter's kind.
    package func literal(of value: String, field: String) throws(DomainRejection) -> String {
        guard value.utf8.count <= Self.maximumValue, !value.contains("\0"), let literal = literal(of: value) else {
            throw DomainRejection(
                .invalid, code: "parameter-value-invalid", field: field,
                "“\(value.prefix(80))” is not a value of type \(kind.rawValue) for the parameter \(name); \(kind.form)")
        }
        return literal
    }

    private func literal(of value: String) -> String? {
        switch kind {
        case .text: quoted(value)
        // In parentheses, since the minus would make a comment of “5-{{…}}”.
        case .integer: Int64(value).map { $0 < 0 ? "(\($0))" : "\($0)" }
        case .decimal: value.wholeMatch(of: /[+-]?[0-9]{1,38}(\.[0-9]{1,38})?/) == nil ? nil : "DECIMAL '\(value)'"
        case .boolean: value == "true" || value == "false" ? value : nil
        case .date: isDate(value[...]) ? "DATE '\(value)'" : nil
        case .timestamp: isTimestamp(value) ? "TIMESTAMP '\(value)'" : nil
        }
    }

    /// Doubles quotes scalar by scalar: together with a combining mark a quote is another character to Swift, but not
    /// to SQL.
    private func quoted(_ value: String) -> String {
        var literal = "'".unicodeScalars
        for scalar in value.unicodeScalars {
            if scalar == "'" { literal.append(scalar) }
            literal.append(scalar)
        }
        return String(literal) + "'"
    }

    private func isTimestamp(_ value: String) -> Bool {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, isDate(parts[0]) else { return false }
        return parts[1].wholeMatch(of: /([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?/) != nil
    }

    private func isDate(_ value: Substring) -> Bool {
        value.wholeMatch(of: /[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])/) != nil
    }
}

extension JobParameter.Kind {
    /// How a value of this kind is written; completes an error.
    fileprivate var form: String {
        switch self {
        case .text: "text of at most \(JobParameter.maximumValue) bytes"
        case .integer: "a whole number of 64 bits"
        case .decimal: "digits with an optional fraction, such as 12.50"
        case .boolean: "true or false"
        case .date: "a date such as 2026-01-31"
        case .timestamp: "a time such as 2026-01-31 23:59:59.123"
        }
    }
}

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
        case .text: "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        case .integer: Int64(value).map(String.init)
        case .decimal: value.wholeMatch(of: /[+-]?[0-9]{1,38}(\.[0-9]{1,38})?/) == nil ? nil : "DECIMAL '\(value)'"
        case .boolean: value == "true" || value == "false" ? value : nil
        case .date: value.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) == nil ? nil : "DATE '\(value)'"
        case .timestamp:
            value.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?/) == nil
                ? nil : "TIMESTAMP '\(value)'"
        }
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

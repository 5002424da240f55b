/// The query's parameters, decoded: in order, as often as they were sent.
package struct QueryParameters: Sendable, Equatable {
    package private(set) var pairs: [Pair] = []

    package struct Pair: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package init() {}

    /// Reads `a=1&b=two+words`; a name without `=` has the empty value.
    init(encoded: Substring.UTF8View) throws(RequestTarget.Refusal) {
        for piece in encoded.split(separator: UInt8(ascii: "&")) {
            let parts = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            do {
                pairs.append(
                    Pair(
                        name: try PercentDecoding.decode(parts[0], plusIsSpace: true),
                        value: parts.count > 1 ? try PercentDecoding.decode(parts[1], plusIsSpace: true) : ""))
            } catch {
                throw RequestTarget.Refusal(
                    reason: "the query holds a percent-escape that is broken, no UTF-8 or a NUL")
            }
        }
    }

    /// The first value under this name (names are case-sensitive).
    package subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// Every value under this name.
    package func values(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// The value as the type asked for, `nil` if the parameter is absent.
    ///
    /// - Throws: `ParameterError` if it is there but no such value, or is there more than once.
    package func optional<Value: RequestParameter>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(ParameterError) -> Value? {
        let all = values(name)
        if all.count > 1 { throw ParameterError(location: .query, name: name, fault: .repeated) }
        guard let text = all.first else { return nil }
        guard let value = Value(parameter: text) else {
            throw ParameterError(location: .query, name: name, fault: .malformed(expected: "\(Value.self)"))
        }
        return value
    }

    /// The value as the type asked for.
    ///
    /// - Throws: `ParameterError` if it is absent, no such value, or there more than once.
    package func require<Value: RequestParameter>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(ParameterError) -> Value {
        guard let value = try optional(name, as: type) else {
            throw ParameterError(location: .query, name: name, fault: .missing)
        }
        return value
    }
}

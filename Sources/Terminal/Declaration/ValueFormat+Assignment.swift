/// A name and what it shall be, as in `--parameter day=2026-11-24`.
package struct Assignment: Sendable, Hashable {
    package let name: String
    package let value: String
}

extension ValueFormat where Value == Assignment {
    /// `NAME=VALUE`; the value may be empty and may hold equal signs.
    package static let assignment = ValueFormat(placeholder: "NAME=VALUE") { text throws(InvalidValue) in
        let name = text.prefix { $0 != "=" }
        guard !name.isEmpty, name.endIndex < text.endIndex else { throw InvalidValue(expected: "NAME=VALUE") }
        return Assignment(name: String(name), value: String(text[text.index(after: name.endIndex)...]))
    } describe: {
        "\($0.name)=\($0.value)"
    }
}

/// Header fields: in order, as often as they were sent, found without regard to case (RFC 9110, section 5).
package struct HTTPFields: Sendable, Equatable {
    /// One line.
    package struct Field: Sendable, Equatable {
        package let name: Name
        package let value: String
    }

    private var lines: [Field] = []

    package init() {}

    /// The first value under this name; setting replaces every line of that name, and `nil` removes them.
    package subscript(name: Name) -> String? {
        get { lines.first { $0.name == name }?.value }
        set {
            lines.removeAll { $0.name == name }
            if let newValue { append(name, newValue) }
        }
    }

    /// Every value under this name, in the order sent.
    package func values(_ name: Name) -> [String] {
        lines.filter { $0.name == name }.map(\.value)
    }

    /// Adds a line, beside those of the same name.
    package mutating func append(_ name: Name, _ value: String) {
        append(Field(name: name, value: value))
    }

    mutating func append(_ field: Field) {
        if lines.isEmpty { lines.reserveCapacity(Self.usualCount) }
        lines.append(field)
    }

    /// As many lines as most messages have.
    private static let usualCount = 12

    /// Whether Content-Type names this media type, in lower case; parameters behind it are left alone (RFC 9110, section
    /// 8.3).
    package func hasMediaType(_ type: String) -> Bool {
        guard let value = self[.contentType]?.utf8 else { return false }
        var named = value.prefix { $0 != UInt8(ascii: ";") }
        while let last = named.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { named.removeLast() }
        return named.lazy.map(\.lowercaseASCII).elementsEqual(type.utf8)
    }

    /// Adds a line of that name unless there is one.
    package mutating func setIfAbsent(_ name: Name, _ value: String) {
        if self[name] == nil { append(name, value) }
    }
}

extension HTTPFields: RandomAccessCollection {
    package var startIndex: Int { lines.startIndex }
    package var endIndex: Int { lines.endIndex }
    package subscript(position: Int) -> Field { lines[position] }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Name, String)...) {
        lines = elements.map { Field(name: $0.0, value: $0.1) }
    }
}

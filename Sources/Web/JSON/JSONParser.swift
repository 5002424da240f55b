/// Reads a JSON text strictly (RFC 8259): one value, no field twice in an object, no NUL in strings, bounded depth.
package struct JSONParser {
    /// How deep values may be nested.
    package static let maximumDepth = 16

    let bytes: [UInt8]
    var index = 0
    var depth = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value that the bytes stand for; they hold nothing else but white space.
    package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
        var parser = JSONParser(bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.index == bytes.count else { throw parser.error("there is something after the value") }
        return value
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONNode {
        skipSpace()
        guard let byte = peek else { throw error("a value is missing") }
        switch byte {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONSyntaxError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONSyntaxError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw error("a value cannot begin like this")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> JSONNode
    ) throws(JSONSyntaxError) -> JSONNode {
        depth += 1
        guard depth <= Self.maximumDepth else { throw error("values are nested more than \(Self.maximumDepth) deep") }
        index += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONNode {
        var fields: [JSONNode.Field] = []
        var names: Set<String> = []
        if skip(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error("a field's name is missing") }
            let start = index
            let name = try string()
            guard isNew(name, fields, &names) else {
                throw JSONSyntaxError(offset: start, reason: "an object has the same field twice")
            }
            guard skip(UInt8(ascii: ":")) else { throw error("a colon is missing") }
            fields.append(JSONNode.Field(name: name, value: try value()))
            if skip(UInt8(ascii: ",")) { continue }
            guard skip(UInt8(ascii: "}")) else { throw error("an object is not closed") }
            return .object(fields)
        }
    }

    /// Small objects are searched; larger ones are looked up.
    private func isNew(_ name: String, _ fields: [JSONNode.Field], _ names: inout Set<String>) -> Bool {
        if fields.count < 16 { return !fields.contains { $0.name == name } }
        if names.isEmpty { names = Set(fields.map(\.name)) }
        return names.insert(name).inserted
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONNode {
        var values: [JSONNode] = []
        if skip(UInt8(ascii: "]")) { return .array([]) }
        while true {
            values.append(try value())
            if skip(UInt8(ascii: ",")) { continue }
            guard skip(UInt8(ascii: "]")) else { throw error("an array is not closed") }
            return .array(values)
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONNode) throws(JSONSyntaxError) -> JSONNode {
        let text = word.description.utf8
        guard bytes[index...].starts(with: text) else { throw error("a value cannot begin like this") }
        index += text.count
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = index
        if peek == UInt8(ascii: "-") { index += 1 }
        if peek == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            index += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = index
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
        if index == start { throw error("a digit is missing") }
    }
}

extension JSONParser {
    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    /// Passes over white space and, if it comes next, the byte.
    mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        index += 1
        return true
    }

    func error(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: index, reason: reason)
    }
}

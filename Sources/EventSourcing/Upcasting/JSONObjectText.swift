import FoundationEssentials

/// The members of a JSON object (RFC 8259), each value as the text that it was: numbers keep their digits.
///
/// Texts come from the log, which has checked that they are JSON.
struct JSONObjectText {
    private var members: [(name: String, value: String)] = []

    /// Reads a text; nil when it is JSON, but no object. Of several members of one name the last counts.
    init?(_ text: String) throws(MalformedJSON) {
        var scanner = JSONScanner(text)
        guard scanner.takes(UInt8(ascii: "{")) else { return nil }
        if scanner.takes(UInt8(ascii: "}")) { return }
        repeat {
            let name = try Self.unquoted(try scanner.value())
            guard scanner.takes(UInt8(ascii: ":")) else { throw MalformedJSON() }
            self[name] = try scanner.value()
        } while scanner.takes(UInt8(ascii: ","))
        guard scanner.takes(UInt8(ascii: "}")) else { throw MalformedJSON() }
    }

    /// The text of a member's value; nil when there is none.
    subscript(name: String) -> String? {
        get { members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value }
        set {
            let place = members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    var text: String {
        "{" + members.map { "\(Self.quoted($0.name)):\($0.value)" }.joined(separator: ",") + "}"
    }

    static func quoted(_ text: String) -> String {
        var quoted = ""
        quote(text, into: &quoted)
        return quoted
    }

    /// Appends the JSON string that stands for a text.
    static func quote(_ text: String, into json: inout String) {
        json += "\""
        // Most texts are fine as they are.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            json += text
        } else {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"", "\\": json += "\\\(scalar)"
                case "\0"..<" ": json += "\\u" + String(0x1_0000 + scalar.value, radix: 16).dropFirst()
                default: json.unicodeScalars.append(scalar)
                }
            }
        }
        json += "\""
    }

    /// The text that a JSON string stands for.
    static func unquoted(_ json: String) throws(MalformedJSON) -> String {
        guard json.utf8.count >= 2, json.utf8.first == UInt8(ascii: "\"") else { throw MalformedJSON() }
        if !json.utf8.contains(UInt8(ascii: "\\")) { return String(json.dropFirst().dropLast()) }
        do {
            return try JSONDecoder().decode(String.self, from: Data(json.utf8))
        } catch {
            throw MalformedJSON()
        }
    }
}

/// A stored payload is not JSON.
struct MalformedJSON: Error, CustomStringConvertible {
    let description = "it is not JSON"
}

/// Finds where values end.
private struct JSONScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    /// Passes the character if it is next, after white space.
    mutating func takes(_ character: UInt8) -> Bool {
        skipSpace()
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// The text of the next value.
    mutating func value() throws(MalformedJSON) -> String {
        skipSpace()
        let start = rest
        var depth = 0
        repeat {
            guard let character = rest.first else { throw MalformedJSON() }
            switch character {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                rest.removeFirst()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                rest.removeFirst()
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                guard depth > 0 else { throw MalformedJSON() }
                rest.removeFirst()
            default: rest = rest.drop { !Self.endsScalar($0) }
            }
        } while depth > 0
        return String(Substring(start[..<rest.startIndex]))
    }

    private static func endsScalar(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "["), UInt8(ascii: "\""), 0x20, 0x09, 0x0A, 0x0D:
            true
        default: false
        }
    }

    private mutating func skipString() throws(MalformedJSON) {
        rest.removeFirst()
        while let character = rest.popFirst() {
            if character == UInt8(ascii: "\"") { return }
            if character == UInt8(ascii: "\\") { _ = rest.popFirst() }
        }
        throw MalformedJSON()
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }
}

import FoundationEssentials

// Written and read by hand, since every command and every reader of the log comes through here.
extension EventMetadata {
    /// As they are stored: JSON with sorted keys.
    package func jsonText() -> String {
        var text = ""
        text.reserveCapacity(320)
        func add<Value>(_ key: CodingKeys, _ value: Value?, _ write: (Value, inout String) -> Void) {
            guard let value else { return }
            text += ",\""
            text += key.rawValue
            text += "\":"
            write(value, &text)
        }
        func add(_ key: CodingKeys, _ value: String?) { add(key, value, JSONObjectText.quote) }
        func add(_ key: CodingKeys, number: Int64?) { add(key, number) { $1 += String($0) } }
        text += "{\"actor\":"
        JSONObjectText.quote(actor, into: &text)
        add(.causation, number: causation)
        add(.clientAddress, clientAddress)
        add(.command, command)
        add(.commandEvents, number: commandEvents.map(Int64.init))
        add(.correlation, correlation)
        add(.idempotencyKey, idempotencyKey)
        add(.onBehalfOf, onBehalfOf)
        add(.requestID, requestID)
        add(.traceParent, traceParent)
        text += "}"
        return text
    }

    /// Reads stored metadata.
    ///
    /// - Throws: `DecodingError`.
    package init(jsonText: String) throws {
        var text = jsonText
        if let plain = text.withUTF8({ EventMetadata(plain: $0) }) {
            self = plain
        } else {
            self = try JSONDecoder().decode(EventMetadata.self, from: Data(jsonText.utf8))
        }
    }

    /// Reads what `jsonText` writes, as long as no text in it has an escape; nil for everything else.
    private init?(plain bytes: some RandomAccessCollection<UInt8>) {
        var scanner = PlainObjectScanner(bytes)
        self.init(actor: "")
        var hasActor = false
        while let (name, value) = scanner.next() {
            guard let key = CodingKeys(rawValue: name) else { return nil }
            switch (key, value) {
            case (.actor, .text(let text)):
                actor = text
                hasActor = true
            case (.command, .text(let text)): command = text
            case (.onBehalfOf, .text(let text)): onBehalfOf = text
            case (.requestID, .text(let text)): requestID = text
            case (.correlation, .text(let text)): correlation = text
            case (.idempotencyKey, .text(let text)): idempotencyKey = text
            case (.clientAddress, .text(let text)): clientAddress = text
            case (.traceParent, .text(let text)): traceParent = text
            case (.commandEvents, .number(let number)): commandEvents = Int(number)
            case (.causation, .number(let number)): causation = number
            case (_, _): return nil
            }
        }
        guard scanner.isAtEnd, hasActor else { return nil }
    }
}

/// Goes through a JSON object of texts without escapes and whole numbers, without spaces.
private struct PlainObjectScanner<Bytes: RandomAccessCollection<UInt8>> {
    enum Value {
        case text(String)
        case number(Int64)
    }

    var rest: Bytes.SubSequence
    private var isFirst = true
    /// Whether the object has ended, and the text with it.
    private(set) var isAtEnd = false

    init(_ bytes: Bytes) {
        rest = bytes[...]
    }

    /// The next member; nil at the end, and where the text is of another kind.
    mutating func next() -> (name: String, value: Value)? {
        guard take(isFirst ? "{" : ",") else {
            isAtEnd = !isFirst && take("}") && rest.isEmpty
            return nil
        }
        isFirst = false
        guard let name = text(), take(":") else { return nil }
        if rest.first == UInt8(ascii: "\"") { return text().map { (name, .text($0)) } }
        let digits = rest.prefix { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest[digits.endIndex...]
        return Int64(String(decoding: digits, as: UTF8.self)).map { (name, .number($0)) }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func text() -> String? {
        guard take("\"") else { return nil }
        let content = rest.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 >= 0x20 }
        rest = rest[content.endIndex...]
        return take("\"") ? String(decoding: content, as: UTF8.self) : nil
    }
}

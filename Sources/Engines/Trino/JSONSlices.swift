/// Cuts JSON text into its parts without reading their values, so that numbers and texts stay as the engine wrote them.
///
/// The text must be valid JSON (RFC 8259); on other text the answer is nil or holds what could be cut.
enum JSONSlices {
    typealias Bytes = ArraySlice<UInt8>

    /// The members of an object: keys as they are written, without their quotes.
    static func members(of object: Bytes) -> [(key: String, value: Bytes)]? {
        var cursor = object.startIndex
        skipSpace(object, &cursor)
        guard take(UInt8(ascii: "{"), object, &cursor) else { return nil }
        var members: [(String, Bytes)] = []
        skipSpace(object, &cursor)
        if take(UInt8(ascii: "}"), object, &cursor) { return members }
        while true {
            skipSpace(object, &cursor)
            guard let quoted = value(object, &cursor), quoted.count >= 2 else { return nil }
            skipSpace(object, &cursor)
            guard take(UInt8(ascii: ":"), object, &cursor) else { return nil }
            skipSpace(object, &cursor)
            guard let value = value(object, &cursor) else { return nil }
            members.append((String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self), value))
            skipSpace(object, &cursor)
            if take(UInt8(ascii: ","), object, &cursor) { continue }
            return take(UInt8(ascii: "}"), object, &cursor) ? members : nil
        }
    }

    /// The elements of an array; at most `limit` of them, and whether there are more.
    static func elements(of array: Bytes, limit: Int) -> (elements: [Bytes], hasMore: Bool)? {
        var cursor = array.startIndex
        skipSpace(array, &cursor)
        guard take(UInt8(ascii: "["), array, &cursor) else { return nil }
        var elements: [Bytes] = []
        skipSpace(array, &cursor)
        if take(UInt8(ascii: "]"), array, &cursor) { return (elements, false) }
        while elements.count < limit {
            skipSpace(array, &cursor)
            guard let value = value(array, &cursor) else { return nil }
            elements.append(value)
            skipSpace(array, &cursor)
            if take(UInt8(ascii: ","), array, &cursor) { continue }
            return take(UInt8(ascii: "]"), array, &cursor) ? (elements, false) : nil
        }
        return (elements, true)
    }

    private static func skipSpace(_ text: Bytes, _ cursor: inout Int) {
        while cursor < text.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(text[cursor]) { cursor += 1 }
    }

    private static func take(_ byte: UInt8, _ text: Bytes, _ cursor: inout Int) -> Bool {
        guard cursor < text.endIndex, text[cursor] == byte else { return false }
        cursor += 1
        return true
    }

    /// One value of any kind: brackets are counted, texts are skipped.
    private static func value(_ text: Bytes, _ cursor: inout Int) -> Bytes? {
        let start = cursor
        var depth = 0
        while cursor < text.endIndex {
            switch text[cursor] {
            case UInt8(ascii: "\""):
                guard skipText(text, &cursor) else { return nil }
                if depth == 0 { return text[start..<cursor] }
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return start == cursor ? nil : text[start..<cursor] }
                depth -= 1
                if depth == 0 {
                    cursor += 1
                    return text[start..<cursor]
                }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return start == cursor ? nil : text[start..<cursor] }
            default: break
            }
            cursor += 1
        }
        return depth == 0 && start < cursor ? text[start..<cursor] : nil
    }

    private static func skipText(_ text: Bytes, _ cursor: inout Int) -> Bool {
        cursor += 1
        while cursor < text.endIndex {
            switch text[cursor] {
            case UInt8(ascii: "\\"): cursor += 2
            case UInt8(ascii: "\""):
                cursor += 1
                return true
            default: cursor += 1
            }
        }
        return false
    }
}

/// Cuts the elements of an array out of a JSON text, without reading what they hold.
///
/// The text has to be JSON already: a decoder has read it before.
enum JSONArrayText {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// The texts of the elements of the array that a member of the outermost object holds; none where there is no such
    /// member, or it is no array.
    static func elements(ofMember name: String, in json: [UInt8]) -> [String] {
        guard let start = array(ofMember: Array(name.utf8), in: json) else { return [] }
        return elements(from: start, in: json)
    }

    /// The position behind the `[` of the member's array.
    private static func array(ofMember name: [UInt8], in bytes: [UInt8]) -> Int? {
        var depth = 0
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case quote:
                let end = endOfString(from: position, in: bytes)
                if depth == 1 && bytes[(position + 1)..<(end - 1)].elementsEqual(name),
                    let colon = skipBlanks(from: end, in: bytes), bytes[colon] == UInt8(ascii: ":"),
                    let value = skipBlanks(from: colon + 1, in: bytes)
                {
                    return bytes[value] == UInt8(ascii: "[") ? value + 1 : nil
                }
                position = end
                continue
            default: break
            }
            position += 1
        }
        return nil
    }

    private static func elements(from start: Int, in bytes: [UInt8]) -> [String] {
        var elements: [String] = []
        var depth = 0
        var position = start
        var first = start
        func add(upTo end: Int) {
            let text = String(decoding: bytes[first..<end], as: UTF8.self)
            if text.contains(where: { !$0.isWhitespace }) { elements.append(text) }
            first = end + 1
        }
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]") where depth == 0:
                add(upTo: position)
                return elements
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0: add(upTo: position)
            case quote:
                position = endOfString(from: position, in: bytes)
                continue
            default: break
            }
            position += 1
        }
        return elements
    }

    /// The position behind the closing quote of the string that begins at `start`.
    private static func endOfString(from start: Int, in bytes: [UInt8]) -> Int {
        var position = start + 1
        while position < bytes.count && bytes[position] != quote {
            position += bytes[position] == backslash ? 2 : 1
        }
        return min(position + 1, bytes.count)
    }

    private static func skipBlanks(from start: Int, in bytes: [UInt8]) -> Int? {
        bytes[start...].firstIndex { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    }
}

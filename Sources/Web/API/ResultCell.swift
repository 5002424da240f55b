/// One value of a row that is kept as the text of a JSON array.
enum ResultCell: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// The number's text, which keeps every digit of it.
    case number(String)
    case string(String)
    /// An object or an array, without white space; what `JSONParser` does not take, as it stood there.
    case json(String)

    /// The values of a row, in order; nil when its text is no array.
    ///
    /// An engine's JSON may be more than `JSONParser` takes (fields twice, NUL, any depth), so that values are cut and not
    /// read: what stands between two commas of the row is one value, whatever it is.
    static func cells(of row: String) -> [ResultCell]? {
        let bytes = Array(row.utf8)
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), bytes[first] == UInt8(ascii: "[") else {
            return nil
        }
        var cells: [ResultCell] = []
        var depth = 0
        var start = first + 1
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): position = endOfString(from: position, in: bytes) - 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ",") where depth == 0:
                cells.append(ResultCell(bytes[start..<position]))
                start = position + 1
            case UInt8(ascii: "]") where depth == 0:
                let last = bytes[start..<position]
                if !cells.isEmpty || !last.allSatisfy(isBlank) { cells.append(ResultCell(last)) }
                return bytes[(position + 1)...].allSatisfy(isBlank) ? cells : nil
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        }
        return nil
    }

    private init(_ piece: ArraySlice<UInt8>) {
        let value = piece.drop(while: Self.isBlank)
        let trimmed = value.prefix(value.lastIndex { !Self.isBlank($0) }.map { $0 + 1 - value.startIndex } ?? 0)
        let node = try? JSONParser.parse(Array(trimmed))
        switch node {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .number(let text): self = .number(text)
        case .string(let text): self = .string(text)
        case .array, .object, nil: self = .json(node?.text ?? String(decoding: trimmed, as: UTF8.self))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// The position behind the closing quote of the string that begins at `start`.
    private static func endOfString(from start: Int, in bytes: [UInt8]) -> Int {
        var position = start + 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position + 1, bytes.count)
    }
}

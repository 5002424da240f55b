/// Strings of a JSON text (RFC 8259, section 7).
extension JSONParser {
    /// Reads a string, from its opening quote on.
    mutating func string() throws(JSONSyntaxError) -> String {
        index += 1
        let start = index
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try text(of: bytes[start..<index], from: start)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20:
                throw error("a string holds a control character; write it as an escape")
            default:
                index += 1
            }
        }
        throw error("a string is not closed")
    }

    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var unescaped = Array(bytes[start..<index])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try text(of: unescaped[...], from: start)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                index += 1
                try escape(&unescaped)
            case 0..<0x20:
                throw error("a string holds a control character; write it as an escape")
            default:
                unescaped.append(byte)
                index += 1
            }
        }
        throw error("a string is not closed")
    }

    private mutating func escape(_ target: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = peek else { throw error("a string is not closed") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): target.append(byte)
        case UInt8(ascii: "b"): target.append(0x08)
        case UInt8(ascii: "f"): target.append(0x0C)
        case UInt8(ascii: "n"): target.append(0x0A)
        case UInt8(ascii: "r"): target.append(0x0D)
        case UInt8(ascii: "t"): target.append(0x09)
        case UInt8(ascii: "u"): target += Array(String(try escapedScalar()).utf8)
        default: throw error("a string holds an escape that JSON does not have")
        }
    }

    private mutating func escapedScalar() throws(JSONSyntaxError) -> Character {
        let first = try codeUnit()
        guard first != 0 else { throw error("a string holds a NUL character, which is not taken") }
        guard (0xD800...0xDFFF).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw error("a string holds half a character") }
            return Character(scalar)
        }
        guard first < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw error("a string holds half a character") }
        index += 2
        let second = try codeUnit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("a string holds half a character") }
        return Character(scalar)
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("\\u needs four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }

    private func text(of piece: ArraySlice<UInt8>, from start: Int) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: piece, as: UTF8.self) else {
            throw JSONSyntaxError(offset: start, reason: "a string is not UTF-8")
        }
        return text
    }
}

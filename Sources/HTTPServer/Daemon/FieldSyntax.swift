/// The syntax of field names and values (RFC 9110, sections 5.1 and 5.5).
enum FieldSyntax {
    static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && all(bytes, isTokenByte)
    }

    /// Any visible text, space and tab; no line break, NUL or other control character.
    static func isValue(_ bytes: some Collection<UInt8>) -> Bool {
        all(bytes) { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// What may stand in Host: a name, an IP address or nothing, and a port.
    static func isHost(_ bytes: some Collection<UInt8>) -> Bool {
        all(bytes) { byte in
            isTokenByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
        }
    }

    /// Every byte of every field comes through here: texts lie in one piece, which is faster to go through.
    private static func all(_ bytes: some Collection<UInt8>, _ isFine: (UInt8) -> Bool) -> Bool {
        bytes.withContiguousStorageIfAvailable { $0.allSatisfy(isFine) } ?? bytes.allSatisfy(isFine)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}

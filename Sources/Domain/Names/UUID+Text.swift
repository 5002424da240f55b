package import FoundationEssentials

extension UUID {
    /// The text as Weir writes it: in lower case (RFC 9562, section 4). Foundation's goes through a format for printing,
    /// which is felt where every command makes some.
    package var lowercasedText: String {
        let bytes = uuid
        var text: [UInt8] = []
        text.reserveCapacity(36)
        func put(_ byte: UInt8) {
            text.append(Self.digit(byte >> 4))
            text.append(Self.digit(byte & 0x0F))
        }
        func dash() { text.append(UInt8(ascii: "-")) }
        put(bytes.0); put(bytes.1); put(bytes.2); put(bytes.3); dash()
        put(bytes.4); put(bytes.5); dash()
        put(bytes.6); put(bytes.7); dash()
        put(bytes.8); put(bytes.9); dash()
        put(bytes.10); put(bytes.11); put(bytes.12); put(bytes.13); put(bytes.14); put(bytes.15)
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// What keeps a text from being read as markup (WHATWG HTML, section 13.2: data and quoted attribute values).
enum HTMLEscaping {
    /// Appends a text, safe within elements and within quoted values of attributes. Control characters, which HTML
    /// does not allow, become U+FFFD.
    static func append(_ value: some StringProtocol, to target: inout String) {
        guard value.utf8.contains(where: isSpecial) else {
            target += value
            return
        }
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": target += "&amp;"
            case "<": target += "&lt;"
            case ">": target += "&gt;"
            case "\"": target += "&quot;"
            case "'": target += "&#39;"
            case "\n", "\t", "\r": target.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: target += "\u{FFFD}"
            default: target.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0x7F: true
        default: byte < 0x20
        }
    }
}

extension Log {
    /// One entry.
    package struct Entry: Sendable {
        package let time: Timestamp
        package let level: Level
        package let message: String
        package let fields: [(String, String)]

        package init(time: Timestamp, level: Level, message: String, fields: [(String, String)]) {
            self.time = time
            self.level = level
            self.message = message
            self.fields = fields
        }

        /// The entry as one line, without its line feed.
        package func line(_ format: Format) -> String {
            switch format {
            case .text:
                let rest = fields.map { name, value in
                    let isPlain = !value.isEmpty && !value.contains { $0.isWhitespace || $0 == "\"" || $0 == "=" }
                    return " \(name)=\(isPlain ? value.bounded.printable : value.bounded.jsonText)"
                }
                return "\(time) \(level) \(message.bounded.printable)\(rest.joined())"
            case .json:
                let head = [("time", "\(time)"), ("level", "\(level)"), ("message", message)]
                // A name that the line has already would hide what it stands for.
                let rest = fields.map { Self.reserved.contains($0.0) ? ("field_\($0.0)", $0.1) : $0 }
                let members = (head + rest).map { "\($0.0.jsonText):\($0.1.bounded.jsonText)" }
                return "{" + members.joined(separator: ",") + "}"
            }
        }

        private static let reserved: Set<String> = ["time", "level", "message"]
    }
}

extension String {
    /// As a JSON text, with its quotes (RFC 8259); control characters of any kind are escaped.
    var jsonText: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.isControl:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// Control characters would let one entry look like two, or move a terminal's cursor.
    fileprivate var printable: String {
        unicodeScalars.contains(where: \.isControl)
            ? String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? " " : $0 })) : self
    }

    fileprivate var bounded: String {
        utf8.count > Log.longestText && count > Log.longestText ? prefix(Log.longestText) + "…" : self
    }
}

extension Unicode.Scalar {
    /// C0, DEL and C1, and Unicode's separators of lines and paragraphs: none is beyond four hexadecimal digits.
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
    }
}

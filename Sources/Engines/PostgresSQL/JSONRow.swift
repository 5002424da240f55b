import Postgres

/// Rows of Postgres's text format as JSON arrays.
enum JSONRow {
    /// Numbers of 64 bits at most are JSON numbers; exact decimals, times and everything else are texts, as Postgres
    /// writes them; `json` stays as it is.
    static func text(_ row: PostgresRow) -> String {
        let values = row.types.enumerated().map { index, type in
            row.text(index).map { value($0, type: type) } ?? "null"
        }
        return "[" + values.joined(separator: ",") + "]"
    }

    private static func value(_ text: String, type: UInt32) -> String {
        switch type {
        case 20, 21, 23, 26, 114, 3802: text
        case 700, 701: text.contains("N") || text.contains("I") ? quoted(text) : text
        case 16: text == "t" ? "true" : "false"
        default: quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}

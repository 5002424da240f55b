/// Rows as CSV (RFC 4180). Null is an empty field, the empty text a quoted one, so that both can be told apart.
enum CSVText {
    /// The line of a header, with its end.
    static func header(_ names: [String]) -> String {
        line(names.map { .string($0) })
    }

    /// The line of a row that is kept as the text of a JSON array.
    static func line(_ row: String) -> String {
        line(ResultCell.cells(of: row) ?? [.json(row)])
    }

    private static func line(_ cells: [ResultCell]) -> String {
        cells.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ cell: ResultCell) -> String {
        switch cell {
        case .null: ""
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): needsQuotes(text) ? quoted(text) : text
        case .json(let text): quoted(text)
        }
    }

    private static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || text.utf8.contains { byte in
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
            }
            || text.utf8.first == 0x20 || text.utf8.last == 0x20
    }

    /// Quotes are doubled scalar by scalar: with a combining mark behind it, a quote is another character.
    private static func quoted(_ text: String) -> String {
        var quoted = "\"".unicodeScalars
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}

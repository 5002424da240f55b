/// Rows as CSV (RFC 4180). Null is an empty field, the empty text a quoted one, so that both can be told apart.
enum CSVText {
    /// A line with its end.
    static func line(_ cells: [JSONNode]) -> String {
        cells.map(field).joined(separator: ",") + "\r\n"
    }

    /// The line of a row that is kept as the text of a JSON array.
    static func line(_ row: String) -> String {
        guard case .array(let cells) = try? JSONParser.parse(Array(row.utf8)) else { return quoted(row) + "\r\n" }
        return line(cells)
    }

    private static func field(_ cell: JSONNode) -> String {
        switch cell {
        case .null: ""
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): needsQuotes(text) ? quoted(text) : text
        case .array, .object: quoted(cell.text)
        }
    }

    private static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || text.utf8.contains { byte in
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
            }
            || text.utf8.first == 0x20 || text.utf8.last == 0x20
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

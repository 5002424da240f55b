import Domain

/// The first rows of a result, as a table.
struct ResultTable {
    let columns: [ResultColumn]
    /// Each the text of a JSON array.
    let rows: [String]

    /// How much of one value is shown, in characters.
    static let maximumCell = 300

    var html: HTML {
        let cells = rows.map(ResultCell.cells)
        return """
            <div class="scroll tall"><table class="result">
            <caption class="unseen">The first rows of the result</caption>
            <thead><tr><th scope="col" class="n">#</th>\(columns.indices.map(header))</tr></thead>
            <tbody>
            \(rows.indices.map { row($0, cells[$0]) })
            </tbody></table></div>
            """
    }

    /// How the names of number types begin, at the engines that Weir knows: some drivers hand numbers over as text.
    private static let numberTypes = [
        "bigint", "decimal", "double", "float", "int", "numeric", "real", "smallint", "tinyint",
    ]

    /// Whether a column is written to the right.
    private func isNumeric(_ index: Int) -> Bool {
        let type = columns[index].type.lowercased()
        return type != "interval" && Self.numberTypes.contains { type.hasPrefix($0) }
    }

    private func header(_ index: Int) -> HTML {
        let side: HTML = isNumeric(index) ? #" class="n""# : ""
        return """
            <th scope="col"\(side)>\(columns[index].name)<span class="type">\(columns[index].type)</span></th>
            """
    }

    private func row(_ index: Int, _ cells: [ResultCell]?) -> HTML {
        let values: HTML =
            cells.map { "\($0.enumerated().map(cell))" } ?? #"<td colspan="\#(columns.count)">\#(rows[index])</td>"#
        return """
            <tr><td class="n soft">\(index + 1)</td>\(values)</tr>

            """
    }

    private func cell(_ index: Int, _ value: ResultCell) -> HTML {
        let side: HTML = columns.indices.contains(index) && isNumeric(index) ? #" class="n""# : ""
        return switch value {
        case .null: #"<td class="soft">null</td>"#
        case .boolean(let value): "<td>\(value ? "true" : "false")</td>"
        case .number(let text): #"<td class="n">\#(text)</td>"#
        case .string(let text): "<td\(side)>\(shortened(text))</td>"
        case .json(let text): "<td><code>\(shortened(text))</code></td>"
        }
    }

    private func shortened(_ text: String) -> String {
        text.count > Self.maximumCell ? text.prefix(Self.maximumCell) + "…" : text
    }
}

import Domain

/// The first rows of a result, as a table.
struct ResultTable {
    let columns: [ResultColumn]
    /// Each the text of a JSON array.
    let rows: [String]

    /// How much of one value is shown, in characters.
    static let maximumCell = 300

    var html: HTML {
        """
        <div class="scroll tall"><table class="result">
        <caption class="unseen">The first rows of the result</caption>
        <thead><tr><th scope="col" class="n">#</th>\(columns.map(header))</tr></thead>
        <tbody>
        \(rows.enumerated().map(row))
        </tbody></table></div>
        """
    }

    private func header(_ column: ResultColumn) -> HTML {
        #"<th scope="col">\#(column.name)<span class="type">\#(column.type)</span></th>"#
    }

    private func row(_ index: Int, _ text: String) -> HTML {
        guard case .array(let cells) = try? JSONParser.parse(Array(text.utf8)) else {
            return #"<tr><td class="n soft">\#(index + 1)</td><td colspan="\#(columns.count)">\#(text)</td></tr>"#
        }
        return #"<tr><td class="n soft">\#(index + 1)</td>\#(cells.map(cell))</tr>"#
    }

    private func cell(_ value: JSONNode) -> HTML {
        switch value {
        case .null: #"<td class="soft">null</td>"#
        case .boolean(let value): "<td>\(value ? "true" : "false")</td>"
        case .number(let text): #"<td class="n">\#(text)</td>"#
        case .string(let text): "<td>\(shortened(text))</td>"
        case .array, .object: "<td><code>\(shortened(value.text))</code></td>"
        }
    }

    private func shortened(_ text: String) -> String {
        text.count > Self.maximumCell ? text.prefix(Self.maximumCell) + "…" : text
    }
}

/// Rows for people: columns as wide as their widest cell, or cut to what a column may have.
package struct Table: Sendable {
    package let header: [String]
    package var rows: [[String]]
    /// The widest a column gets, in characters.
    package var maximumWidth: Int

    package init(_ header: [String], rows: [[String]] = [], maximumWidth: Int = 60) {
        self.header = header
        self.rows = rows
        self.maximumWidth = maximumWidth
    }

    /// Numbers stand at the right, texts at the left.
    package var text: String {
        let cells = ([header] + rows).map { row in row.map { Self.cell($0, maximumWidth) } }
        let widths = header.indices.map { column in
            cells.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        let isNumber = header.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { column >= $0.count || $0[column].isEmpty || Double($0[column]) != nil }
        }
        let lines = cells.map { row in
            let padded = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return isNumber[column] ? space + cell : cell + space
            }
            return padded.joined(separator: "  ").trimmedEnd
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
    }

    /// One line, without control characters, at most so wide.
    private static func cell(_ text: String, _ width: Int) -> String {
        let line =
            text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
            ? String(
                String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
            : text
        return line.count <= width ? line : line.prefix(width - 1) + "…"
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
    }
}

/// Rows for people: aligned columns under their titles, fitted to the terminal.
package struct Table: Sendable {
    package struct Column: Sendable, ExpressibleByStringLiteral {
        package enum Alignment: Sendable {
            case left
            case right
        }

        let title: String
        let alignment: Alignment
        /// Columns the column keeps when the terminal is too narrow; nil when it is never cut.
        let narrowest: Int?

        /// - Parameter narrowest: How far the column may be cut on a narrow terminal; nil when never.
        package init(_ title: String, alignment: Alignment = .left, narrowest: Int? = nil) {
            self.title = title
            self.alignment = alignment
            self.narrowest = narrowest
        }

        package init(stringLiteral title: String) { self.init(title) }
    }

    package struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let text: String
        let style: Style?

        package init(_ text: String, style: Style? = nil) {
            // A row is one line.
            self.text = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }).printable
            self.style = style
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    private static let gap = "  "
    private let columns: [Column]
    private var rows: [[Cell]] = []

    package init(_ columns: [Column], rows: [[String]] = []) {
        self.columns = columns
        for row in rows { append(row.map { Cell($0) }) }
    }

    /// Adds a row with as many cells as there are columns.
    package mutating func append(_ row: [Cell]) {
        precondition(row.count == columns.count, "a row has a cell for each column")
        rows.append(row)
    }

    /// The lines, without a line feed after the last.
    ///
    /// - Parameters:
    ///   - width: Columns of the terminal; nil where there is none, and nothing is cut.
    ///   - isStyled: Whether colours may be used.
    package func text(width: Int?, isStyled: Bool) -> String {
        let widths = fittedWidths(width)
        let titles = columns.map { Cell($0.title, style: .bold) }
        return ([titles] + rows).map { line($0, widths, isStyled: isStyled) }.joined(separator: "\n")
    }

    private func line(_ row: [Cell], _ widths: [Int], isStyled: Bool) -> String {
        var line = ""
        var padding = ""
        for ((cell, column), width) in zip(zip(row, columns), widths) {
            let text = cell.text.truncated(to: width)
            let space = String(repeating: " ", count: width - text.displayWidth)
            let styled = isStyled ? cell.style?.applied(to: text) ?? text : text
            // Space at the end of a line is left out.
            line += text.isEmpty ? "" : padding + (column.alignment == .right ? space + styled : styled)
            padding = (text.isEmpty ? padding + space : column.alignment == .left ? space : "") + Self.gap
        }
        return line
    }

    /// The widest cells' widths, of which those that may be cut give up what the terminal lacks, the widest first.
    private func fittedWidths(_ width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.map { $0[index].text.displayWidth }.reduce(columns[index].title.displayWidth, max)
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap.count * max(0, columns.count - 1) - width
        while excess > 0 {
            let cuttable = columns.indices.filter { widths[$0] > columns[$0].narrowest ?? .max }
            guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}

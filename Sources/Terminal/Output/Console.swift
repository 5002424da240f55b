/// Where a command writes: standard output for its results, standard error for everything else.
package struct Console: Sendable {
    /// Columns of the terminal that shows standard output; nil when no terminal does.
    package let width: Int?
    /// Whether results may be coloured.
    package let isStyled: Bool
    /// Columns of the terminal that shows standard error; nil when no terminal does.
    let errorWidth: Int?
    let errorIsStyled: Bool
    private let output: @Sendable (String) -> Void
    private let errors: @Sendable (String) -> Void

    /// - Parameters:
    ///   - width: Columns of the terminal that shows `output`; nil when no terminal does.
    ///   - errorWidth: The same for `errors`.
    ///   - allowsColor: Whether terminals are given colours.
    package init(
        width: Int?, errorWidth: Int?, allowsColor: Bool, output: @escaping @Sendable (String) -> Void,
        errors: @escaping @Sendable (String) -> Void
    ) {
        self.width = width
        self.errorWidth = errorWidth
        self.isStyled = allowsColor && width != nil
        self.errorIsStyled = allowsColor && errorWidth != nil
        self.output = output
        self.errors = errors
    }

    /// Writes a piece of the result.
    package func write(_ text: String) { output(text) }

    /// Writes a line of the result.
    package func writeLine(_ text: String = "") { output(text + "\n") }

    /// Writes something that is not part of the result.
    package func writeError(_ text: String) { errors(text) }

    package func writeLine(_ table: Table) { writeLine(text(of: table)) }

    /// The table as it fits here, without a line feed after its last line.
    package func text(of table: Table) -> String { table.text(width: width, isStyled: isStyled) }

    /// The text, styled where results may be.
    package func styled(_ text: String, _ style: Style) -> String { isStyled ? style.applied(to: text) : text }

    func errorStyled(_ text: String, _ style: Style) -> String { errorIsStyled ? style.applied(to: text) : text }
}

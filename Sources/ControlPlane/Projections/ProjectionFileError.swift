/// A mistake in a projection's file: nothing is projected until it is mended.
package struct ProjectionFileError: Error, CustomStringConvertible, Sendable {
    /// As in `projections/run_summary.sql`.
    package let file: String
    /// From 1.
    package let line: Int
    package let message: String

    package init(file: String, line: Int, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    package var description: String { "\(file):\(line): \(message)" }
}

import Synchronization

/// One line on standard error that tells how far long work has come.
///
/// A terminal's line is rewritten in place. Elsewhere, such as in a build's log, each text is a line of its own when
/// it differs from the one before.
package final class ProgressLine: Sendable {
    /// What a new text makes of the line.
    struct State {
        /// Columns of the terminal; nil when there is none.
        let width: Int?
        private var shown = ""

        init(width: Int?) {
            self.width = width
        }

        /// - Returns: What to write.
        mutating func show(_ text: String) -> String {
            let text = text.printable
            guard text != shown else { return "" }
            shown = text
            guard let width else { return text + "\n" }
            // The last column is left free: a full line would wrap.
            return Self.erase + text.truncated(to: width - 1)
        }

        mutating func end(_ text: String?) -> String {
            defer { shown = "" }
            guard width != nil else { return text.map { $0 == shown ? "" : $0.printable + "\n" } ?? "" }
            return (shown.isEmpty ? "" : Self.erase) + (text.map { $0.printable + "\n" } ?? "")
        }

        private static let erase = "\r\u{1B}[2K"
    }

    private let state: Mutex<State>
    private let console: Console

    package init(_ console: Console) {
        self.console = console
        state = Mutex(State(width: console.errorWidth))
    }

    /// Shows how far the work is.
    package func show(_ text: String) {
        state.withLock { console.writeError($0.show(text)) }
    }

    /// Ends the line.
    ///
    /// - Parameter text: What stays of it; nil when nothing does.
    package func end(_ text: String? = nil) {
        state.withLock { console.writeError($0.end(text)) }
    }
}

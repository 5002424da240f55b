import Glibc
import Synchronization

/// What a program is doing, for people: one line on standard error that is written over on a terminal, and a line for
/// each change elsewhere.
package final class ProgressLine: Sendable {
    private let isTerminal: Bool
    private let last = Mutex("")

    package init() {
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    /// Shows a text in place of the one before.
    package func show(_ text: String) {
        let isNew = last.withLock { last in
            defer { last = text }
            return last != text
        }
        guard isNew else { return }
        write(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n")
    }

    /// Leaves the terminal's line empty for what comes next.
    package func clear() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}

import Glibc

/// A structured log: one line for each entry, as JSON or for people, on standard error.
///
/// Values are texts that the caller chose; secrets have a type of their own that prints as `•••`. What is longer than
/// `Log.longestText` is cut, and no text can make one entry look like two.
package struct Log: Sendable {
    package enum Level: String, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }

        package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    }

    /// How entries are written.
    package enum Format: String, Sendable, CaseIterable {
        case text
        case json
    }

    /// The most characters of a message or a value that are written.
    package static let longestText = 8_192

    private let level: Level
    private var context: [(String, String)] = []
    private let write: @Sendable (Entry) -> Void

    /// - Parameter write: Takes each entry at `level` or above.
    package init(level: Level, write: @escaping @Sendable (Entry) -> Void) {
        self.level = level
        self.write = write
    }

    /// A log on standard error. Entries of several tasks do not mix.
    package static func standardError(level: Level, format: Format) -> Log {
        Log(level: level) { entry in
            // One write for each entry: entries of several threads do not mix. Nobody is left to be told when it fails.
            let line = Array((entry.line(format) + "\n").utf8)
            _ = Glibc.write(STDERR_FILENO, line, line.count)
        }
    }

    /// A log that keeps nothing.
    package static let silent = Log(level: .error) { _ in }

    /// The same log, with fields that each entry has besides its own, such as the id of a run.
    package func with(_ fields: KeyValuePairs<String, String>) -> Log {
        var log = self
        log.context += fields.map { ($0.key, $0.value) }
        return log
    }

    package func debug(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.debug, message, fields)
    }
    package func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { log(.info, message, fields) }
    package func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.warning, message, fields)
    }
    package func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.error, message, fields)
    }

    private func log(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
        guard level >= self.level else { return }
        write(Entry(time: .now, level: level, message: message, fields: context + fields.map { ($0.key, $0.value) }))
    }
}

import Glibc

/// A structured log: one line for each entry, as JSON or for people, on standard error.
///
/// Values are texts that the caller chose; secrets have a type of their own that prints as `•••`.
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

    private let level: Level
    private let write: @Sendable (Entry) -> Void

    /// - Parameter write: Takes each entry at `level` or above.
    package init(level: Level, write: @escaping @Sendable (Entry) -> Void) {
        self.level = level
        self.write = write
    }

    /// A log on standard error. Entries of several tasks do not mix.
    package static func standardError(level: Level, format: Format) -> Log {
        Log(level: level) { entry in
            // One write for each entry: entries of several threads do not mix.
            let line = Array((entry.line(format) + "\n").utf8)
            _ = Glibc.write(STDERR_FILENO, line, line.count)
        }
    }

    /// A log that keeps nothing.
    package static let silent = Log(level: .error) { _ in }

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
        write(Entry(time: .now, level: level, message: message, fields: fields.map { ($0.key, $0.value) }))
    }
}

extension Log {
    /// One entry.
    package struct Entry: Sendable {
        package let time: Timestamp
        package let level: Level
        package let message: String
        package let fields: [(String, String)]

        package func line(_ format: Format) -> String {
            switch format {
            case .text:
                let rest = fields.map { " \($0.0)=\($0.1.contains(" ") ? $0.1.jsonText : $0.1)" }.joined()
                return "\(time) \(level) \(message.oneLine)\(rest.oneLine)"
            case .json:
                let head = [("time", "\(time)"), ("level", "\(level)"), ("message", message)]
                return "{" + (head + fields).map { "\($0.0.jsonText):\($0.1.jsonText)" }.joined(separator: ",") + "}"
            }
        }
    }

    /// A time for people and programs: RFC 3339 in UTC, with milliseconds.
    package struct Timestamp: Sendable, CustomStringConvertible {
        private let seconds: Int
        private let nanoseconds: Int

        package init(seconds: Int, nanoseconds: Int) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        package static var now: Timestamp {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
        }

        package var description: String {
            var parts = tm()
            var time = seconds
            gmtime_r(&time, &parts)
            func padded(_ value: some BinaryInteger, _ width: Int) -> String {
                let digits = String(value)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            let day = "\(padded(parts.tm_year + 1_900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
            let clock = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
            return "\(day)T\(clock).\(padded(nanoseconds / 1_000_000, 3))Z"
        }
    }
}

extension String {
    /// As a JSON text, with its quotes (RFC 8259).
    var jsonText: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// Control characters would let one entry look like two.
    fileprivate var oneLine: String {
        unicodeScalars.contains { $0.value < 0x20 }
            ? String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 ? " " : $0 })) : self
    }
}

/// Why an attempt or a run failed, and whose fault it was.
package struct RunFailure: Hashable, Sendable, Codable {
    package enum Fault: String, Codable, Hashable, Sendable, CaseIterable {
        /// The statement or its data.
        case user
        /// The engine itself: out of memory, an internal error.
        case engine
        /// The network, a node, a process that died.
        case infrastructure
        /// Weir.
        case weir
    }

    /// For programs: the engine's own name of the error where it has one, as in `SYNTAX_ERROR` or `42P01`.
    package let code: String
    package let fault: Fault
    /// For people: what went wrong and, where it can be said, what to do.
    package let message: String
    /// Whether the same attempt may succeed later, and nothing of this one is left.
    package let isRetryable: Bool

    /// The longest message that is kept, in UTF-8 bytes.
    package static let maximumMessage = 8_000

    package init(code: String, fault: Fault, message: String, isRetryable: Bool) {
        self.code = code
        self.fault = fault
        self.message = Self.bounded(message)
        self.isRetryable = isRetryable
    }

    private static func bounded(_ message: String) -> String {
        guard message.utf8.count > maximumMessage else { return message }
        var left = maximumMessage - "…".utf8.count
        let kept = message.unicodeScalars.prefix { scalar in
            left -= UTF8.width(scalar)
            return left >= 0
        }
        return String(kept) + "…"
    }

    enum CodingKeys: String, CodingKey {
        case code, fault, message
        case isRetryable = "retryable"
    }
}

/// Why there is no answer. Tells above all whether the request may have reached the server.
package enum ClientError: Error, Hashable, Sendable {
    /// The text says what is wrong; it does not repeat the URL, which can hold a capability.
    case invalidURL(String)
    /// A header field, or an option, that cannot be sent.
    case invalidRequest(String)
    /// Not one byte of the request was sent: it had no effect.
    case notSent(TransportFailure)
    /// The request was sent in part or whole: only the server knows what it did.
    case outcomeUnknown(TransportFailure)
    /// The server answered, with more than the request allows.
    case responseTooLarge(limit: Int)
    /// The task was cancelled.
    case cancelled(mayHaveBeenSent: Bool)

    /// Whether the server may have acted on the request.
    package var mayHaveBeenSent: Bool {
        switch self {
        case .invalidURL, .invalidRequest, .notSent: false
        case .outcomeUnknown, .responseTooLarge: true
        case .cancelled(let mayHaveBeenSent): mayHaveBeenSent
        }
    }
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidURL(let reason): "invalid URL: \(reason)"
        case .invalidRequest(let reason): "invalid request: \(reason)"
        case .notSent(let failure): "not sent: \(failure)"
        case .outcomeUnknown(let failure): "outcome unknown: \(failure)"
        case .responseTooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .cancelled(let mayHaveBeenSent): mayHaveBeenSent ? "cancelled after sending" : "cancelled before sending"
        }
    }
}

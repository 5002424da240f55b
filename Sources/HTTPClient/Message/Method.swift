extension Client {
    /// What a request asks for (RFC 9110, section 9).
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What may happen to a request whose fate is unknown.
    ///
    /// A kept connection can be closed by the server just as a request goes out on it. Nobody can tell then whether the
    /// server acted on it.
    package enum Repeatability: Hashable, Sendable {
        /// It may be sent again, on another connection: doing it twice is doing it once.
        case replayable
        /// It is sent at most once; the caller hears `ClientError.outcomeUnknown`.
        case once
    }
}

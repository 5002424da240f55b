/// Why the server answers in a handler's stead. The consumer renders it (`Server.FailureResponder`).
package enum HTTPFailure: Error, Sendable {
    /// The target is no path, or its escapes are broken. The connection is closed.
    case malformedRequest(reason: String)
    /// Two parties could read the request differently: a known way past a proxy. The connection is closed.
    case ambiguousRequest(reason: String)
    /// A handler let a `ParameterError` through.
    case invalidParameter(ParameterError)
    case notFound
    case methodNotAllowed(allowed: [HTTPMethod])
    /// The body exceeds the limit, in bytes.
    case bodyTooLarge(limit: Int)
    /// The body had not arrived when the deadline passed.
    case receiveDeadlinePassed
    /// The handler had begun and not answered when the deadline passed; its task was cancelled.
    case handlerDeadlinePassed
    /// As many requests are being handled as the configuration allows, or this one has waited for its turn until its
    /// deadline. Its handler has not begun.
    case overloaded
    /// The server is stopping, and the request's handler has not begun. The connection is closed.
    case stopping
    /// The server stops, and the handler, which had begun, was cancelled. The connection is closed.
    case handlerStopped
    /// A handler gave up because its task was cancelled: its client left, or the server stops.
    case cancelled
    /// A handler threw. The error is for the log, not for the client.
    case handlerFailed(any Error)
    /// A handler's response cannot be sent. The reason is for the log, not for the client.
    case unsendableResponse(reason: String)

    package var status: HTTPStatus {
        switch self {
        case .malformedRequest, .ambiguousRequest, .invalidParameter: .badRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .bodyTooLarge: .contentTooLarge
        case .receiveDeadlinePassed: .requestTimeout
        case .handlerDeadlinePassed, .overloaded, .stopping, .handlerStopped, .cancelled: .serviceUnavailable
        case .handlerFailed, .unsendableResponse: .internalServerError
        }
    }

    /// What a client may be told of it.
    package var publicReason: String? {
        switch self {
        case .malformedRequest(let reason), .ambiguousRequest(let reason): reason
        case .invalidParameter(let error): "the \(error.location) parameter \(error.name) is missing or malformed"
        case .bodyTooLarge(let limit): "the body may have at most \(limit) bytes"
        case .receiveDeadlinePassed: "the body did not arrive in time"
        case .handlerDeadlinePassed: "the request took too long"
        case .overloaded: "too many requests are being handled"
        case .stopping: "the server is stopping"
        case .handlerStopped: "the server stopped before the request was answered"
        case .notFound, .methodNotAllowed, .cancelled, .handlerFailed, .unsendableResponse: nil
        }
    }

    /// Whether a handler was cut short: what it did or did not do is not known.
    package var leavesOutcomeUnknown: Bool {
        switch self {
        case .handlerDeadlinePassed, .handlerStopped, .cancelled: true
        case .malformedRequest, .ambiguousRequest, .invalidParameter, .notFound, .methodNotAllowed, .bodyTooLarge,
            .receiveDeadlinePassed, .overloaded, .stopping, .handlerFailed, .unsendableResponse:
            false
        }
    }

    /// The server hears nothing more on this connection.
    var closesConnection: Bool {
        switch self {
        case .malformedRequest, .ambiguousRequest, .receiveDeadlinePassed, .stopping, .handlerStopped: true
        case .invalidParameter, .notFound, .methodNotAllowed, .bodyTooLarge, .handlerDeadlinePassed, .overloaded,
            .cancelled, .handlerFailed, .unsendableResponse:
            false
        }
    }

    /// The fields that the status needs whatever the consumer rendered: `Allow` and `Retry-After`.
    func addRequiredFields(to fields: inout HTTPFields) {
        switch self {
        case .methodNotAllowed(let allowed):
            fields[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        case .overloaded, .stopping:
            fields.setIfAbsent(.retryAfter, "1")
        case .malformedRequest, .ambiguousRequest, .invalidParameter, .notFound, .bodyTooLarge, .receiveDeadlinePassed,
            .handlerDeadlinePassed, .handlerStopped, .cancelled, .handlerFailed, .unsendableResponse:
            break
        }
    }
}

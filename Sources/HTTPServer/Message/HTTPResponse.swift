/// What a handler answers. `Date`, `Content-Length`, `Transfer-Encoding` and `Connection` are the server's to set.
package struct HTTPResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        case stream(StreamedBody)
    }

    package var status: HTTPStatus
    /// A line with an empty value is not sent; one with a control character fails the response.
    package var fields: HTTPFields
    package var body: Body

    package init(status: HTTPStatus = .ok, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = .bytes(body)
    }

    package init(status: HTTPStatus = .ok, fields: HTTPFields = HTTPFields(), stream: StreamedBody) {
        self.status = status
        self.fields = fields
        self.body = .stream(stream)
    }

    /// Bytes with their media type.
    package static func bytes(_ bytes: [UInt8], type: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, fields: [.contentType: type], body: bytes)
    }

    /// A text in UTF-8.
    package static func text(
        _ text: String, type: String = "text/plain; charset=utf-8", status: HTTPStatus = .ok
    ) -> HTTPResponse {
        bytes(Array(text.utf8), type: type, status: status)
    }

    /// A body written while it is sent. It has no deadline, but a reader that is too slow is cut.
    ///
    /// - Parameters:
    ///   - length: the number of bytes, if known: a stream that ends short of it is cut so that the client can tell.
    ///   - produce: writes the body. When it throws, the connection is cut before the body's end.
    package static func stream(
        type: String, status: HTTPStatus = .ok, length: Int? = nil,
        _ produce: @escaping StreamedBody.Producer
    ) -> HTTPResponse {
        HTTPResponse(
            status: status, fields: [.contentType: type],
            stream: StreamedBody(length: length, kind: .download, produce: produce))
    }

    /// Server-sent events (WHATWG HTML, section 9.2), kept alive by a comment line whenever it is silent.
    ///
    /// - Parameter produce: sends the events. It is cancelled when the client leaves or the server stops.
    package static func eventStream(_ produce: @escaping StreamedBody.Producer) -> HTTPResponse {
        HTTPResponse(
            fields: [.contentType: "text/event-stream", .cacheControl: "no-store", "X-Accel-Buffering": "no"],
            stream: StreamedBody(length: nil, kind: .events, produce: produce))
    }

    /// The body's bytes, `nil` if it is a stream.
    package var bytes: [UInt8]? {
        switch body {
        case .bytes(let bytes): bytes
        case .stream: nil
        }
    }
}

/// A body that is written while it is sent.
package struct StreamedBody: Sendable {
    package typealias Producer = @Sendable (ResponseStream) async throws -> Void

    package enum Kind: Sendable {
        /// Has an end that the server waits for when it stops.
        case download
        /// Goes on for ever, with comment lines while it is silent; ends when the server stops.
        case events
    }

    /// Bytes, if known.
    package let length: Int?
    package let kind: Kind
    package let produce: Producer

    package init(length: Int? = nil, kind: Kind, produce: @escaping Producer) {
        self.length = length
        self.kind = kind
        self.produce = produce
    }
}

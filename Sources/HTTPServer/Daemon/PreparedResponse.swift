import CMicroHTTPD

/// A response in the library's form, made off the library's thread.
final class PreparedResponse: @unchecked Sendable {
    // Sendable: built by one task, then handed over under the exchange's lock, and never changed after `make`.
    let status: HTTPStatus
    let pointer: OpaquePointer
    /// The body's writer and its producer, if the body is streamed to this client.
    let stream: (writer: ResponseStream, body: StreamedBody)?

    private init(status: HTTPStatus, pointer: OpaquePointer, stream: (ResponseStream, StreamedBody)?) {
        self.status = status
        self.pointer = pointer
        self.stream = stream
    }

    deinit {
        MHD_destroy_response(pointer)
    }

    /// Why a response cannot be sent.
    struct Refusal: Error {
        let reason: String
    }

    /// - Parameters:
    ///   - close: the connection ends with this response.
    ///   - bodiless: the request was HEAD: a stream is not produced.
    static func make(
        _ response: HTTPResponse, on connection: ConnectionHandle, close: Bool, bodiless: Bool, streamBuffer: Int
    ) throws(Refusal) -> PreparedResponse {
        let prepared = try makeBody(response, on: connection, bodiless: bodiless, streamBuffer: streamBuffer)
        for field in response.fields { try prepared.add(field) }
        if close { _ = MHD_add_response_header(prepared.pointer, "Connection", "close") }
        return prepared
    }

    private static func makeBody(
        _ response: HTTPResponse, on connection: ConnectionHandle, bodiless: Bool, streamBuffer: Int
    ) throws(Refusal) -> PreparedResponse {
        let pointer: OpaquePointer?
        var stream: (ResponseStream, StreamedBody)?
        switch response.body {
        case .bytes(let bytes):
            pointer = bytes.withUnsafeBytes { buffer in
                // The library only reads: it copies at once.
                MHD_create_response_from_buffer(
                    buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .stream(let body):
            let writer = ResponseStream(capacity: streamBuffer, body: body)
            pointer = StreamReader(stream: writer, connection: connection).makeResponse(length: body.length)
            if !bodiless {
                stream = (writer, body)
            } else if body.length == nil, let pointer {
                // The library would send the last chunk of a body that is not there, in front of the next answer.
                mhd_shim_close_after(pointer)
            }
        }
        guard let pointer else { throw Refusal(reason: "there is no memory for the response") }
        return PreparedResponse(status: response.status, pointer: pointer, stream: stream)
    }

    private func add(_ field: HTTPFields.Field) throws(Refusal) {
        switch field.name {
        case .contentLength, .transferEncoding, .connection: return
        default: break
        }
        if field.value.isEmpty { return }
        // Lent, and not converted by the call: that would copy each text once more.
        let isAdded = field.name.text.withCString { name in
            field.value.withCString { value in
                FieldSyntax.isName(field.name.text.utf8) && FieldSyntax.isValue(field.value.utf8)
                    && MHD_add_response_header(pointer, name, value) == .YES
            }
        }
        guard isAdded else { throw Refusal(reason: "the response field \(field.name) cannot be sent") }
    }
}

import CMicroHTTPD

/// The library's side of a stream: lives as long as the library's response.
final class StreamReader: Sendable {
    private let stream: ResponseStream
    private let connection: ConnectionHandle

    init(stream: ResponseStream, connection: ConnectionHandle) {
        self.stream = stream
        self.connection = connection
    }

    /// A response that reads from the stream and releases this object with itself. `nil` if there is no memory.
    func makeResponse(length: Int?) -> OpaquePointer? {
        let context = Unmanaged.passRetained(self)
        let response = MHD_create_response_from_callback(
            length.map(UInt64.init) ?? UInt64.max,
            16 * 1024,
            { context, _, target, size in
                guard let context, let target else { return endWithError }
                return Unmanaged<StreamReader>.fromOpaque(context).takeUnretainedValue().read(target, size)
            },
            context.toOpaque(),
            { context in
                guard let context else { return }
                Unmanaged<StreamReader>.fromOpaque(context).takeRetainedValue().stream.end(.cut(.clientGone))
            })
        if response == nil { context.release() }
        return response
    }

    private func read(_ target: UnsafeMutablePointer<CChar>, _ size: Int) -> Int {
        connection.loop.noteProgress()
        return switch stream.read(into: UnsafeMutableRawBufferPointer(start: target, count: size), of: connection) {
        case .bytes(let count, _): count
        case .sleep: 0
        case .end: finish(endOfStream)
        case .cut: finish(endWithError)
        }
    }

    /// A connection that ends here is closed for the client, but then forgotten by the library until something else
    /// happens to it, at worst its idle time-out: its descriptor would stay. Suspending and resuming it makes that happen.
    private func finish(_ result: Int) -> Int {
        connection.suspend()
        connection.resume()
        return result
    }
}

/// `MHD_CONTENT_READER_END_OF_STREAM` and `MHD_CONTENT_READER_END_WITH_ERROR`: macros that Swift cannot see.
private let endOfStream = -1
private let endWithError = -2

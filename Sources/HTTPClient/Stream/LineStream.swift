/// The lines of a streamed body, as server-sent events and Kubernetes watches are made of.
package struct LineStream: AsyncSequence, Sendable {
    fileprivate let body: BodyStream
    fileprivate let limit: Int

    package func makeAsyncIterator() -> Iterator {
        Iterator(body: body.makeAsyncIterator(), limit: limit)
    }

    package struct Iterator: AsyncIteratorProtocol {
        private var body: BodyStream.Iterator
        private var splitter: LineSplitter
        private var isAtEnd = false

        init(body: BodyStream.Iterator, limit: Int) {
            self.body = body
            splitter = LineSplitter(limit: limit)
        }

        /// The next line without its end (LF or CRLF); a last one without an end counts as well.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(ClientError) -> String? {
            while true {
                if let line = try splitter.next() { return line }
                if isAtEnd { return splitter.rest() }
                if let bytes = try await body.next() { splitter.add(bytes) } else { isAtEnd = true }
            }
        }
    }
}

extension BodyStream {
    /// - Parameter limit: Bytes of the longest line; a longer one ends the stream with `responseTooLarge`.
    package func lines(limit: Int = 1 << 20) -> LineStream {
        LineStream(body: self, limit: limit)
    }
}

/// Cuts bytes into lines.
struct LineSplitter {
    let limit: Int
    private var buffer: [UInt8] = []
    /// Where the next line begins, and how far it was searched for its end.
    private var start = 0
    private var searched = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ bytes: [UInt8]) {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        buffer += bytes
    }

    mutating func next() throws(ClientError) -> String? {
        guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.count
            guard buffer.count - start <= limit else { throw .responseTooLarge(limit: limit) }
            return nil
        }
        guard end - start <= limit else { throw .responseTooLarge(limit: limit) }
        let line = text(start..<end)
        start = end + 1
        searched = start
        return line
    }

    /// What is left without an end; nil where nothing is.
    mutating func rest() -> String? {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return text(start..<buffer.count)
    }

    private func text(_ range: Range<Int>) -> String {
        var line = buffer[range]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }
}

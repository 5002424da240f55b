import CLibPQ
import Dispatch

/// Opens a connection without blocking a thread of the task pool.
final class Connector: @unchecked Sendable {
    private let queue: DispatchQueue
    private let configuration: PostgresConfiguration
    private let completion: (Result<OpaquePointer, PostgresError>) -> Void
    // Everything below belongs to the queue.
    private var connection: OpaquePointer?
    private var source: (any DispatchSourceProtocol)?
    private var isDone = false

    init(
        queue: DispatchQueue, configuration: PostgresConfiguration,
        completion: @escaping (Result<OpaquePointer, PostgresError>) -> Void
    ) {
        self.queue = queue
        self.configuration = configuration
        self.completion = completion
    }

    func start() {
        let parameters = configuration.connectionParameters
        connection = withCStrings(parameters.map(\.0)) { keywords in
            withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let connection, PQstatus(connection) != CONNECTION_BAD else { return fail(lastMessage) }
        queue.asyncAfter(deadline: .now() + configuration.connectTimeout.seconds) { [self] in
            fail("no connection within \(configuration.connectTimeout)")
        }
        wait(isForWriting: true)
    }

    /// Waits for the socket; libpq may use another one at each step.
    private func wait(isForWriting: Bool) {
        guard let connection else { return }
        let descriptor = PQsocket(connection)
        let source: any DispatchSourceProtocol =
            isForWriting
            ? DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
            : DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [self] in
            // The next step may close this socket, so it must not be watched any more then.
            source.setCancelHandler { [self] in step() }
            source.cancel()
        }
        self.source = source
        source.resume()
    }

    private func step() {
        guard let connection, !isDone else { return }
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_OK:
            isDone = true
            source = nil
            completion(.success(connection))
        case PGRES_POLLING_READING: wait(isForWriting: false)
        case PGRES_POLLING_WRITING: wait(isForWriting: true)
        default: fail(lastMessage)
        }
    }

    func fail(_ message: String) {
        guard !isDone else { return }
        isDone = true
        if let connection {
            nonisolated(unsafe) let pointer = connection
            if let source, !source.isCancelled {
                source.setCancelHandler { PQfinish(pointer) }
                source.cancel()
            } else {
                PQfinish(pointer)
            }
        }
        connection = nil
        source = nil
        completion(.failure(.notConnected(message)))
    }

    private var lastMessage: String {
        connection.map { String(cString: PQerrorMessage($0)).trimmedLines } ?? "out of memory"
    }
}

/// Lends texts as a null-terminated array of C strings.
private func withCStrings<Value>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    let copies = texts.map { text in
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: Array(bytes), count: bytes.count)
        return copy
    }
    defer { copies.forEach { $0.deallocate() } }
    let pointers = copies.map { UnsafePointer<CChar>?($0) } + [nil]
    return pointers.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("an array with an element has an address") }
        return body(start)
    }
}

extension Duration {
    /// The same time as Dispatch counts it.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

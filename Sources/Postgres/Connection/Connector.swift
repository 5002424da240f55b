import CLibPQ
import Dispatch
import Glibc

/// Opens a connection without blocking a thread of the task pool.
final class Connector: @unchecked Sendable {
    typealias Completion = (Result<Session, PostgresError>) -> Void

    private let queue: DispatchQueue
    private let configuration: PostgresConfiguration
    // Everything below belongs to the queue.
    private var completion: Completion?
    private var connection: OpaquePointer?
    private var source: (any DispatchSourceProtocol)?
    private var isDone = false

    init(queue: DispatchQueue, configuration: PostgresConfiguration) {
        self.queue = queue
        self.configuration = configuration
    }

    func start(_ completion: @escaping Completion) {
        guard !isDone else { return completion(.failure(.cancelled)) }
        self.completion = completion
        if let refusal = configuration.refusal { return fail(refusal) }
        let parameters = configuration.connectionParameters
        connection = withCStrings(parameters.map(\.0)) { keywords in
            withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let connection, PQstatus(connection) != CONNECTION_BAD else { return failAsTold() }
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        queue.asyncAfter(deadline: .now() + configuration.connectTimeout.seconds) { [weak self] in
            guard let self else { return }
            fail(.notConnected("no connection within \(configuration.connectTimeout)"))
        }
        wait(isForWriting: true)
    }

    /// Waits for the socket; libpq may use another one at each step.
    private func wait(isForWriting: Bool) {
        guard let connection else { return }
        if let refusal = addressRefusal { return fail(refusal) }
        let descriptor = PQsocket(connection)
        let source: any DispatchSourceProtocol =
            isForWriting
            ? DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
            : DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { source.cancel() }
        // The next step may close this socket, and so does a failure: it must not be watched any more then. Its number may
        // go to another socket, and the end of this watch would be the end of that one's.
        source.setCancelHandler { [self] in
            self.source = nil
            if isDone { finish() } else { step() }
        }
        self.source = source
        source.resume()
    }

    private func step() {
        guard let connection, !isDone else { return }
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_OK:
            if let refusal = addressRefusal { return fail(refusal) }
            PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
            isDone = true
            self.connection = nil
            completion?(
                .success(
                    Session(
                        queue: queue, connection: connection, preparedStatements: configuration.preparedStatements)))
            completion = nil
        case PGRES_POLLING_READING: wait(isForWriting: false)
        case PGRES_POLLING_WRITING: wait(isForWriting: true)
        default: failAsTold()
        }
    }

    /// Fails with libpq's reason.
    private func failAsTold() {
        guard let connection else { return fail(.notConnected("out of memory")) }
        // Not whether a refused address has that port open.
        if PQhostaddr(connection).pointee != 0, let refusal = addressRefusal { return fail(refusal) }
        let failure = ConnectFailure(verbose: String(cString: PQerrorMessage(connection)))
        let lacksPassword = PQconnectionNeedsPassword(connection) == 1
        fail(.notConnected(failure.message, sqlState: failure.sqlState ?? (lacksPassword ? "28P01" : nil)))
    }

    /// Why the address that libpq is speaking to is not to be spoken to.
    private var addressRefusal: PostgresError? {
        guard let connection, let allows = configuration.allowsAddress else { return nil }
        let text = String(cString: PQhostaddr(connection))
        guard !text.isEmpty else { return .notConnected("sockets of this machine must not be connected to") }
        if let address = Self.address(text), allows(address) { return nil }
        return .notConnected("the address \(text) must not be connected to")
    }

    /// The bytes of an IP address, in network order.
    private static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    func fail(_ error: PostgresError) {
        guard !isDone else { return }
        isDone = true
        if let source { source.cancel() } else { finish() }
        completion?(.failure(error))
        completion = nil
    }

    /// Closes what was opened, once nobody watches it.
    private func finish() {
        if let connection { PQfinish(connection) }
        connection = nil
    }
}

extension PostgresConfiguration {
    /// Why libpq cannot read it. Its own text quotes what it stumbles over, which may be a piece of the password: what
    /// stands between quotes is left out.
    fileprivate var refusal: PostgresError? {
        if connectionParameters.contains(where: { $0.0.utf8.contains(0) || $0.1.utf8.contains(0) }) {
            return .notConnected("a connection parameter contains the character NUL (U+0000)")
        }
        guard uri.contains("=") || uri.hasPrefix("postgres://") || uri.hasPrefix("postgresql://") else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        if let options = PQconninfoParse(uri, &text) {
            PQconninfoFree(options)
            return nil
        }
        defer { PQfreemem(text) }
        let reason = text.map { String(cString: $0).trimmedLines } ?? "out of memory"
        guard let start = reason.firstIndex(of: "\""), let end = reason.lastIndex(of: "\"") else {
            return .notConnected("the connection string cannot be read: \(reason)")
        }
        return .notConnected(
            "the connection string cannot be read: \(reason[..<start])“…”\(reason[reason.index(after: end)...])")
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

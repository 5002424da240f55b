import CLibPQ
import Dispatch
import Glibc

/// One libpq connection, confined to a serial queue and driven by its socket's readiness.
///
/// The sources watch a duplicate of the socket's descriptor. libpq closes its own as soon as the connection breaks, when
/// the sources still watch: the next socket of the process would get that number, and be deaf.
///
/// Statements are sent as they come, in pipeline mode, and answered in order. What libpq cannot do in a pipeline
/// (scripts, COPY, rows one by one) waits until the pipeline is empty and holds up what comes after.
final class Session: @unchecked Sendable {
    let queue: DispatchQueue
    // Everything below belongs to the queue.
    var connection: OpaquePointer?
    private var readSource: (any DispatchSourceRead)?
    private var writeSource: (any DispatchSourceWrite)?
    private var watched: Int32 = -1
    private var isWriteArmed = false
    var inFlight: [any Operation] = []
    private var waiting: [any Operation] = []
    private var isInPipelineMode = false
    private var statements: StatementCache
    private var failure: PostgresError?
    var onNotification: ((PostgresNotification) -> Void)?
    var onClose: (() -> Void)?

    init(queue: DispatchQueue, connection: OpaquePointer, preparedStatements: Int) {
        self.queue = queue
        self.connection = connection
        statements = StatementCache(capacity: preparedStatements)
        PQsetnonblocking(connection, 1)
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        arm(PQsocket(connection))
    }

    private func arm(_ socket: Int32) {
        let descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else {
            failure = .notConnected("no descriptor is left: \(String(cString: strerror(errno)))")
            return
        }
        watched = descriptor
        let read = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        let write = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
        read.setEventHandler { [unowned self] in receive() }
        write.setEventHandler { [unowned self] in flush() }
        readSource = read
        writeSource = write
        read.resume()
    }

    var isUsable: Bool { failure == nil && connection != nil }
    var isIdle: Bool { inFlight.isEmpty && waiting.isEmpty }

    var isInTransaction: Bool {
        guard let connection else { return false }
        return PQtransactionStatus(connection) != PQTRANS_IDLE
    }

    /// Sends an operation, or keeps it until what is under way allows it.
    func submit(_ operation: any Operation) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let connection, failure == nil else { return operation.fail(failure ?? .closed) }
        guard waiting.isEmpty, canSend(operation) else { return waiting.append(operation) }
        send(operation, connection)
        flush()
    }

    private func canSend(_ operation: any Operation) -> Bool {
        inFlight.isEmpty || (operation.isPipelined && isInPipelineMode)
    }

    private func send(_ operation: any Operation, _ connection: OpaquePointer) {
        if operation.isPipelined != isInPipelineMode {
            isInPipelineMode = operation.isPipelined
            _ = isInPipelineMode ? PQenterPipelineMode(connection) : PQexitPipelineMode(connection)
        }
        inFlight.append(operation)
        if !operation.send(on: connection, &statements) {
            lose("a statement could not be sent: \(lastMessage)")
        }
    }

    private func sendWaiting() {
        while failure == nil, let connection, let next = waiting.first, canSend(next) {
            waiting.removeFirst()
            send(next, connection)
        }
        flush()
    }

    func flush() {
        guard let connection, failure == nil else { return }
        let state = PQflush(connection)
        if state < 0 { return lose(lastMessage) }
        if (state == 1) != isWriteArmed {
            isWriteArmed = state == 1
            if isWriteArmed { writeSource?.resume() } else { writeSource?.suspend() }
        }
    }

    private func receive() {
        guard let connection, failure == nil else { return }
        guard PQconsumeInput(connection) == 1 else { return lose(lastMessage) }
        flush()
        takeResults(connection)
        takeNotifications(connection)
        if failure == nil { sendWaiting() }
    }

    private func takeResults(_ connection: OpaquePointer) {
        while failure == nil, let operation = inFlight.first, PQisBusy(connection) == 0 {
            let result = PQgetResult(connection)
            if let result, PQresultStatus(result) == PGRES_FATAL_ERROR, PQstatus(connection) == CONNECTION_BAD {
                let report = ServerError(result)
                PQclear(result)
                return lose(report.message)
            }
            switch operation.receive(result, on: connection, &statements) {
            case .goOn: continue
            case .waitForInput: return
            case .done: inFlight.removeFirst()
            }
        }
        // An idle connection that the server ends is noticed by its message.
        if inFlight.isEmpty, PQstatus(connection) == CONNECTION_BAD { lose(lastMessage) }
    }

    private func takeNotifications(_ connection: OpaquePointer) {
        while let raw = PQnotifies(connection) {
            let notification = PostgresNotification(
                channel: String(cString: raw.pointee.relname), payload: String(cString: raw.pointee.extra))
            PQfreemem(raw)
            onNotification?(notification)
        }
    }

    private var lastMessage: String {
        guard let connection else { return "closed" }
        return String(cString: PQerrorMessage(connection)).trimmedLines
    }

    private func lose(_ message: String) {
        close(.connectionLost(message))
    }

    /// Ends the connection; everything under way fails with `error`, what was not sent yet with `.notConnected`.
    func close(_ error: PostgresError) {
        guard failure == nil else { return }
        failure = error
        let sent = inFlight
        let unsent = waiting
        inFlight = []
        waiting = []
        sent.forEach { $0.fail(error) }
        unsent.forEach { $0.fail(.notConnected("\(error)")) }
        release()
        onClose?()
        onClose = nil
    }

    /// The socket is closed only when no source watches it any more.
    private func release() {
        guard let connection else { return }
        self.connection = nil
        guard let readSource, let writeSource else { return PQfinish(connection) }
        let sources = DispatchGroup()
        sources.enter()
        sources.enter()
        readSource.setCancelHandler { sources.leave() }
        writeSource.setCancelHandler { sources.leave() }
        readSource.cancel()
        if !isWriteArmed { writeSource.resume() }
        writeSource.cancel()
        nonisolated(unsafe) let pointer = connection
        sources.notify(queue: queue) { [watched] in
            PQfinish(pointer)
            Glibc.close(watched)
        }
        self.readSource = nil
        self.writeSource = nil
    }

    /// A handle with which the statement under way can be cancelled; nil when there is no connection.
    func makeCancel() -> OpaquePointer? {
        connection.flatMap { PQgetCancel($0) }
    }

    deinit { release() }
}

extension String {
    /// Without the line feeds that libpq ends its messages with.
    var trimmedLines: String {
        split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}

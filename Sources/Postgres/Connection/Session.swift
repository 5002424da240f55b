import CLibPQ
import Dispatch
import Glibc

/// One libpq connection, confined to a serial queue and driven by its socket's readiness.
///
/// The sources watch a duplicate of the socket's descriptor. libpq closes its own as soon as the connection breaks, when
/// the sources still watch: the next socket of the process would get that number, and be deaf.
///
/// Statements are sent as they come, in pipeline mode, and answered in order. What libpq cannot do in a pipeline
/// (scripts, COPY) waits until the pipeline is empty and holds up what comes after.
final class Session: @unchecked Sendable {
    let queue: DispatchQueue
    // Everything below belongs to the queue.
    var connection: OpaquePointer?
    private var readSource: (any DispatchSourceRead)?
    private var writeSource: (any DispatchSourceWrite)?
    private var watched: Int32 = -1
    private var isWriteArmed = false
    private var isInputPaused = false
    var inFlight: [any Operation] = []
    var waiting: [any Operation] = []
    private var isInPipelineMode = false
    private var statements: StatementCache
    var failure: PostgresError?
    /// What the server said before it ended the session.
    private var lastWords: String?
    /// Requests to the server to stop a statement, which are on their way.
    var cancelsUnderWay = 0
    /// Operations in the pipeline that were given up, and whose turn at the server has not come.
    var givenUp: [CancellationToken] = []
    var listeners = NotificationListeners()

    init(queue: DispatchQueue, connection: OpaquePointer, preparedStatements: Int) {
        self.queue = queue
        self.connection = connection
        statements = StatementCache(capacity: preparedStatements)
        PQsetnonblocking(connection, 1)
        hearNotices(of: connection)
        arm(PQsocket(connection))
    }

    /// Notices are dropped, but for the one by which the server takes leave of a session that is idle.
    private func hearNotices(of connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<Session>.fromOpaque(context).takeUnretainedValue().note(ServerError(result))
            }, Unmanaged.passUnretained(self).toOpaque())
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
        // Where the socket has no room, libpq reads before it waits: also the answer to a COPY that the server gave up.
        write.setEventHandler { [unowned self] in
            flush()
            takeInput()
        }
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

    /// Whether a transaction was open after the last answer.
    var hasOpenTransaction: Bool {
        guard let connection else { return false }
        return [PQTRANS_INTRANS, PQTRANS_INERROR].contains(PQtransactionStatus(connection))
    }

    /// Sends an operation, or keeps it until what is under way allows it.
    func submit(_ operation: any Operation) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let connection, failure == nil else { return operation.fail(failure ?? .closed) }
        if operation.token?.isCancelled == true { return operation.fail(.cancelled) }
        guard waiting.isEmpty, canSend(operation) else { return waiting.append(operation) }
        send(operation, connection)
        flush()
    }

    /// While a cancel is on its way nothing is sent that it could hit.
    private func canSend(_ operation: any Operation) -> Bool {
        guard cancelsUnderWay == 0, givenUp.isEmpty else { return false }
        return inFlight.isEmpty || (operation.isPipelined && isInPipelineMode && !operation.waitsForOthers)
    }

    private func send(_ operation: any Operation, _ connection: OpaquePointer) {
        if operation.isPipelined != isInPipelineMode {
            isInPipelineMode = operation.isPipelined
            _ = isInPipelineMode ? PQenterPipelineMode(connection) : PQexitPipelineMode(connection)
        }
        switch operation.send(on: connection, &statements) {
        case .sent: inFlight.append(operation)
        case .refused(let error): operation.fail(error)
        case .failed:
            inFlight.append(operation)
            lose("a statement could not be sent: \(lastMessage)")
        }
    }

    func sendWaiting() {
        while failure == nil, let connection, let next = waiting.first, canSend(next) {
            waiting.removeFirst()
            send(next, connection)
        }
        flush()
    }

    /// Gives the socket what it takes; the rest goes when it can be written again.
    func flush() {
        guard let connection, failure == nil else { return }
        while true {
            let state = PQflush(connection)
            if state < 0 { return lose(lastMessage) }
            if (state == 1) != isWriteArmed {
                isWriteArmed = state == 1
                if isWriteArmed { writeSource?.resume() } else { writeSource?.suspend() }
            }
            guard state == 0, let operation = inFlight.first else { return }
            switch operation.write(on: connection) {
            case .nothing: return
            case .wrote: continue
            case .failed: return lose(lastMessage)
            }
        }
    }

    private func receive() {
        repeat {
            guard let connection, failure == nil, !isInputPaused else { return }
            guard PQconsumeInput(connection) == 1 else { return lose(lastMessage) }
            flush()
            takeInput()
        } while isHungUp
    }

    /// Whether the connection has come to its end. Dispatch tells of that once and then watches no more, although there
    /// may be something left to read, and libpq reads a piece at a time: all of it has to be read now.
    private var isHungUp: Bool {
        guard failure == nil else { return false }
        var state = pollfd(fd: watched, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, 0) == 1 && state.revents & Int16(POLLHUP | POLLERR) != 0
    }

    /// Takes what libpq has read already: also when an operation has gone on by itself, since the answer to what comes
    /// may have been read before.
    func takeInput() {
        guard let connection, failure == nil else { return }
        takeResults(connection)
        guard failure == nil else { return }
        takeNotifications(connection)
        if let lastWords, inFlight.isEmpty { return lose(lastWords) }
        sendWaiting()
    }

    /// Looks whether the server has ended the session, which may not have been noticed yet.
    func look() {
        if isIdle { receive() }
    }

    private func takeResults(_ connection: OpaquePointer) {
        while failure == nil, !isInputPaused, let operation = inFlight.first, PQisBusy(connection) == 0 {
            let result = PQgetResult(connection)
            if let result, PQresultStatus(result) == PGRES_FATAL_ERROR { note(ServerError(result)) }
            if let result, PQresultStatus(result) == PGRES_FATAL_ERROR, PQstatus(connection) == CONNECTION_BAD {
                let report = ServerError(result)
                PQclear(result)
                return lose(report.message)
            }
            switch operation.receive(result, on: connection, &statements) {
            case .goOn: continue
            case .waitForInput: return
            case .pauseInput:
                isInputPaused = true
                readSource?.suspend()
            case .done: endFirst()
            case .sendAgain:
                endFirst()
                submit(operation)
            case .breakConnection(let error):
                endFirst()
                operation.fail(error)
                return lose("another statement broke it: \(error)")
            }
        }
        // An idle connection that the server ends is noticed by its message.
        if inFlight.isEmpty, PQstatus(connection) == CONNECTION_BAD { lose(lastMessage) }
    }

    private func note(_ error: ServerError) {
        if ["FATAL", "PANIC"].contains(error.severity) { lastWords = error.message }
    }

    private func endFirst() {
        let ended = inFlight.removeFirst()
        givenUp.removeAll { $0 === ended.token }
        stopFirstIfGivenUp()
    }

    /// Reads on, after an operation has paused.
    func resumeInput() {
        guard isInputPaused, failure == nil else { return }
        isInputPaused = false
        readSource?.resume()
        takeInput()
        if isHungUp { receive() }
    }

    private func takeNotifications(_ connection: OpaquePointer) {
        while let raw = PQnotifies(connection) {
            let notification = PostgresNotification(
                channel: String(cString: raw.pointee.relname), payload: String(cString: raw.pointee.extra))
            PQfreemem(raw)
            listeners.send(notification)
        }
    }

    private var lastMessage: String {
        guard let connection else { return "closed" }
        return String(cString: PQerrorMessage(connection)).trimmedLines
    }

    private func lose(_ message: String) {
        close(.connectionLost(lastWords ?? message))
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
        listeners.finish()
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
        if isInputPaused { readSource.resume() }
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

    deinit { release() }
}

extension String {
    /// Without the line feeds that libpq ends its messages with.
    var trimmedLines: String {
        split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}

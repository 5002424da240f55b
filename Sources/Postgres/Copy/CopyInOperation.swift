import CLibPQ

/// `COPY … FROM STDIN`, whose data come in chunks. Confined to the session's queue.
///
/// A chunk goes to libpq in pieces, the next one only when the socket has taken the last one, and the writer hears that
/// there is room only when all of its chunk has gone: libpq itself would keep any amount of data in memory.
final class CopyInOperation: Operation, @unchecked Sendable {
    typealias Step = (Result<Void, PostgresError>) -> Void

    private enum Phase {
        case starting
        case copying
        /// The server has been told that no more comes.
        case ending
        case ended(Result<Int64, PostgresError>)
    }

    private static let piece = 64 << 10

    let isPipelined = false
    let token: CancellationToken?
    private let sql: String
    private var phase = Phase.starting
    private var failure: PostgresError?
    private var rows: Int64 = 0
    private var pending: ArraySlice<UInt8> = []
    /// Who waits for the start, or for room.
    private var writer: Step?
    private var onEnd: ((Result<Int64, PostgresError>) -> Void)?

    init(_ sql: String, token: CancellationToken) {
        self.sql = sql
        self.token = token
    }

    /// - Parameter writer: Called when the server waits for data, or with its refusal. Before the operation is sent.
    func whenStarted(_ writer: @escaping Step) {
        self.writer = writer
    }

    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> SendStep {
        if let refusal = PostgresError.refusal(of: sql) { return .refused(refusal) }
        return PQsendQuery(connection, sql) == 1 ? .sent : .failed
    }

    /// Takes a chunk; `then` is called when the next one may come, or with the failure of the whole.
    func write(_ chunk: [UInt8], then: @escaping Step) {
        if case .ended(let outcome) = phase { return then(outcome.map { _ in () }) }
        pending = chunk[...]
        writer = then
    }

    /// Tells the server that no more comes.
    ///
    /// - Parameter reason: Why the server shall take nothing of it; nil for a complete copy.
    func end(because reason: String? = nil, on connection: OpaquePointer?) {
        guard case .copying = phase, let connection else { return }
        phase = .ending
        pending = []
        if PQputCopyEnd(connection, reason) != 1 { failure = .connectionLost("the end of a COPY could not be sent") }
    }

    func whenEnded(_ onEnd: @escaping (Result<Int64, PostgresError>) -> Void) {
        if case .ended(let outcome) = phase { return onEnd(outcome) }
        self.onEnd = onEnd
    }

    func write(on connection: OpaquePointer) -> WriteStep {
        guard case .copying = phase else { return .nothing }
        guard !pending.isEmpty else {
            resumeWriter(.success(()))
            return .nothing
        }
        let piece = pending.prefix(Self.piece)
        let state = piece.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count))
        }
        // 0: no room now; the socket will be writable again.
        if state == 1 { pending = pending.dropFirst(piece.count) }
        return state == 1 ? .wrote : state == 0 ? .nothing : .failed
    }

    func receive(
        _ result: OpaquePointer?, on connection: OpaquePointer, _ statements: inout StatementCache
    ) -> OperationStep {
        guard let result else {
            finish(failure.map { .failure($0) } ?? .success(rows))
            return .done
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COPY_IN:
            switch phase {
            case .starting:
                phase = .copying
                resumeWriter(.success(()))
                return .waitForInput
            case .copying: return .waitForInput
            case .ending, .ended:
                return .breakConnection(.unsupported("copyIn runs one COPY at a time"))
            }
        case PGRES_COPY_OUT, PGRES_COPY_BOTH:
            return .breakConnection(.unsupported("copyIn takes COPY … FROM STDIN"))
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = failure ?? .server(ServerError(result))
        default:
            if case .starting = phase { failure = failure ?? .unsupported("copyIn takes COPY … FROM STDIN") }
            rows = Int64(String(cString: PQcmdTuples(result))) ?? rows
        }
        return .goOn
    }

    /// The server hears of it in two ways: one reaches it when it waits for data, the other when it works on them.
    func giveUp(on connection: OpaquePointer) {
        end(because: "the copy was cancelled", on: connection)
    }

    func fail(_ error: PostgresError) {
        finish(.failure(error))
    }

    private func finish(_ outcome: Result<Int64, PostgresError>) {
        phase = .ended(outcome)
        pending = []
        resumeWriter(outcome.map { _ in () })
        onEnd?(outcome)
        onEnd = nil
    }

    private func resumeWriter(_ outcome: Result<Void, PostgresError>) {
        let writer = self.writer
        self.writer = nil
        writer?(outcome)
    }
}

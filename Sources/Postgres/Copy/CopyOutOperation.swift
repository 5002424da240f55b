import CLibPQ

/// `COPY … TO STDOUT`, whose data are taken in chunks. Confined to the session's queue.
///
/// What the reader has not taken is bounded: when it is too much, the session reads nothing from the socket, and so the
/// server stops sending, until the reader comes.
final class CopyOutOperation: Operation, @unchecked Sendable {
    typealias Read = (Result<[UInt8]?, PostgresError>) -> Void

    /// How much is kept for the reader, besides the row that passes the bound.
    static let bound = 128 << 10

    let isPipelined = false
    let token: CancellationToken?
    private let sql: String
    private var onStart: ((Result<Void, PostgresError>) -> Void)?
    private var buffer: [UInt8] = []
    private var reader: Read?
    private var hasStarted = false
    private var isGivenUp = false
    private var failure: PostgresError?
    private var outcome: Result<Void, PostgresError>?
    private var onEnd: (() -> Void)?

    init(_ sql: String, token: CancellationToken) {
        self.sql = sql
        self.token = token
    }

    /// - Parameter onStart: Called when the server begins to send, or with its refusal. Before the operation is sent.
    func whenStarted(_ onStart: @escaping (Result<Void, PostgresError>) -> Void) {
        self.onStart = onStart
    }

    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> SendStep {
        if let refusal = PostgresError.refusal(of: sql) { return .refused(refusal) }
        return PQsendQuery(connection, sql) == 1 ? .sent : .failed
    }

    var hasEnded: Bool { outcome != nil }

    /// Gives what there is, when there is something; nil at the end.
    func read(_ reader: @escaping Read) {
        if !buffer.isEmpty {
            let chunk = buffer
            buffer = []
            return reader(.success(chunk))
        }
        if let outcome { return reader(outcome.map { nil }) }
        self.reader = reader
    }

    func whenEnded(_ onEnd: @escaping () -> Void) {
        if hasEnded { onEnd() } else { self.onEnd = onEnd }
    }

    func receive(
        _ result: OpaquePointer?, on connection: OpaquePointer, _ statements: inout StatementCache
    ) -> OperationStep {
        guard let result else {
            finish(failure.map { .failure($0) } ?? .success(()))
            return .done
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COPY_OUT:
            hasStarted = true
            onStart?(.success(()))
            onStart = nil
            return take(from: connection)
        case PGRES_COPY_IN, PGRES_COPY_BOTH:
            return .breakConnection(.unsupported("copyOut takes COPY … TO STDOUT"))
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = failure ?? .server(ServerError(result))
        default:
            if !hasStarted { failure = failure ?? .unsupported("copyOut takes COPY … TO STDOUT") }
        }
        return .goOn
    }

    private func take(from connection: OpaquePointer) -> OperationStep {
        while buffer.count < Self.bound {
            var row: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(connection, &row, 1)
            guard count > 0, let row else {
                handOver()
                // Less than 0: the result that follows says how it ended.
                return count == 0 ? .waitForInput : .goOn
            }
            if !isGivenUp {
                buffer.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(count)))
            }
            PQfreemem(row)
        }
        handOver()
        return buffer.isEmpty ? .goOn : .pauseInput
    }

    private func handOver() {
        guard !buffer.isEmpty, let reader else { return }
        let chunk = buffer
        buffer = []
        self.reader = nil
        reader(.success(chunk))
    }

    func giveUp(on connection: OpaquePointer) {
        isGivenUp = true
        buffer = []
    }

    func fail(_ error: PostgresError) {
        finish(.failure(error))
    }

    private func finish(_ outcome: Result<Void, PostgresError>) {
        self.outcome = outcome
        handOver()
        onStart?(outcome)
        reader?(outcome.map { nil })
        onEnd?()
        onStart = nil
        reader = nil
        onEnd = nil
    }
}

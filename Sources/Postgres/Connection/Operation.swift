import CLibPQ

/// Something that is sent to the server and answered by it. Confined to the session's queue.
protocol Operation: AnyObject {
    /// Whether others may be under way at the same time.
    var isPipelined: Bool { get }
    /// Whether it waits until nothing is under way; others may follow it.
    var waitsForOthers: Bool { get }
    /// By which its caller gives it up; nil when the caller does not.
    var token: CancellationToken? { get }
    /// Hands it to libpq.
    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> SendStep
    /// Takes in what `PQgetResult` gave, and owns it from then on.
    func receive(
        _ result: OpaquePointer?, on connection: OpaquePointer, _ statements: inout StatementCache
    ) -> OperationStep
    /// Hands more to libpq, now that the socket has taken everything.
    func write(on connection: OpaquePointer) -> WriteStep
    /// Its caller gave it up while it is under way; the server is being asked to stop.
    func giveUp(on connection: OpaquePointer)
    /// It is not carried out, or the connection is gone.
    func fail(_ error: PostgresError)
}

extension Operation {
    var waitsForOthers: Bool { false }
    func write(on connection: OpaquePointer) -> WriteStep { .nothing }
    func giveUp(on connection: OpaquePointer) {}
}

enum SendStep {
    case sent
    /// It cannot be run, and libpq was given nothing.
    case refused(PostgresError)
    /// libpq did not take it, or not all of it.
    case failed
}

enum WriteStep {
    case nothing
    case wrote
    case failed
}

enum OperationStep {
    /// There is more to read.
    case goOn
    /// Nothing can be read before the socket brings more or the operation writes more.
    case waitForInput
    /// Nothing is to be read before the operation's caller has taken what there is.
    case pauseInput
    /// The operation has its answer.
    case done
    /// What was prepared for it is gone, and nothing was carried out: from the beginning.
    case sendAgain
    /// The server expects what cannot be given to it: only the end of the connection helps.
    case breakConnection(PostgresError)

    /// A query has begun a COPY.
    static let copyInQuery = OperationStep.breakConnection(
        .unsupported("COPY is run by copyIn and copyOut, not as a query"))
}

/// Tells whose operation is given up. Its state belongs to the session's queue.
final class CancellationToken: @unchecked Sendable {
    var isCancelled = false
}

extension PostgresError {
    /// Why libpq is not given this statement: it would read it only up to the NUL.
    static func refusal(of sql: String) -> PostgresError? {
        sql.utf8.contains(0) ? .unsupported("a statement must not contain the character NUL (U+0000)") : nil
    }
}

extension ServerError {
    /// Reads the fields of a failed result.
    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        self.init(
            sqlState: field("C") ?? "XX000", severity: field("V") ?? "ERROR",
            message: field("M") ?? String(cString: PQresultErrorMessage(result)).trimmedLines, detail: field("D"),
            hint: field("H"), position: field("P").flatMap(Int.init), table: field("t"), column: field("c"),
            constraint: field("n"))
    }
}

import CLibPQ

/// Something that is sent to the server and answered by it. Confined to the session's queue.
protocol Operation: AnyObject {
    /// Whether others may be under way at the same time.
    var isPipelined: Bool { get }
    /// Hands it to libpq; false when libpq refuses.
    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> Bool
    /// Takes in what `PQgetResult` gave, and owns it from then on.
    func receive(
        _ result: OpaquePointer?, on connection: OpaquePointer, _ statements: inout StatementCache
    ) -> OperationStep
    /// The connection is gone.
    func fail(_ error: PostgresError)
}

enum OperationStep {
    /// There is more to read.
    case goOn
    /// Nothing can be read before the socket brings more or the operation writes more.
    case waitForInput
    /// The operation has its answer.
    case done
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

/// Which statements a session has prepared; the least recently used one makes room.
struct StatementCache {
    private let capacity: Int
    private var names: [String: (name: String, lastUse: Int)] = [:]
    private var uses = 0
    private var made = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The name of a prepared statement; nil when it is not prepared.
    mutating func name(of sql: String) -> String? {
        guard let known = names[sql] else { return nil }
        uses += 1
        names[sql] = (known.name, uses)
        return known.name
    }

    /// A name for a statement that is prepared now, and the name of the one that makes room for it.
    mutating func insert(_ sql: String) -> (name: String, evicted: String?) {
        var evicted: String?
        if names.count >= capacity, let oldest = names.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evicted = oldest.value.name
            names[oldest.key] = nil
        }
        made += 1
        uses += 1
        let name = "s\(made)"
        names[sql] = (name, uses)
        return (name, evicted)
    }

    mutating func remove(_ sql: String) {
        names[sql] = nil
    }
}

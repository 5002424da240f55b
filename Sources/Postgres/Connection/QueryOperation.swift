import CLibPQ

/// A statement with parameters, prepared once for each session, sent in the pipeline with a sync of its own: it is a
/// transaction of its own unless one is open.
final class QueryOperation: Operation {
    /// How values come back.
    enum Format: Int32 {
        case text = 0
        case binary = 1
    }

    let isPipelined = true
    private let sql: String
    private let parameters: [PostgresParameter]
    private let format: Format
    private let isPrepared: Bool
    private let completion: (Result<PostgresResult, PostgresError>) -> Void
    private var outcome: Result<PostgresResult, PostgresError>?
    private var emptyReads = 0
    /// How many answers come before the statement's own: of DEALLOCATE and PREPARE.
    private var preliminary = 0
    private var wasPreparedNow = false

    init(
        sql: String, parameters: PostgresParameters, format: Format, isPrepared: Bool,
        completion: @escaping (Result<PostgresResult, PostgresError>) -> Void
    ) {
        self.sql = sql
        self.parameters = parameters.values
        self.format = format
        self.isPrepared = isPrepared
        self.completion = completion
    }

    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> Bool {
        let types = parameters.map(\.type)
        guard isPrepared else {
            return withParameters { count, values, lengths, formats in
                PQsendQueryParams(connection, sql, count, types, values, lengths, formats, format.rawValue)
            } && PQpipelineSync(connection) == 1
        }
        let name: String
        if let known = statements.name(of: sql) {
            name = known
        } else {
            let place = statements.insert(sql)
            name = place.name
            wasPreparedNow = true
            if let evicted = place.evicted {
                preliminary += 1
                guard PQsendQueryParams(connection, "DEALLOCATE \(evicted)", 0, nil, nil, nil, nil, 0) == 1 else {
                    return false
                }
            }
            preliminary += 1
            guard PQsendPrepare(connection, name, sql, Int32(types.count), types) == 1 else { return false }
        }
        return withParameters { count, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, format.rawValue)
        } && PQpipelineSync(connection) == 1
    }

    private func withParameters(
        _ send: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Int32
    ) -> Bool {
        // One buffer holds all values, each followed by a zero byte so that empty ones have an address too.
        var buffer: [CChar] = []
        buffer.reserveCapacity(parameters.reduce(0) { $0 + ($1.bytes?.count ?? 0) + 1 })
        var offsets: [Int?] = []
        for parameter in parameters {
            offsets.append(parameter.bytes == nil ? nil : buffer.count)
            if let bytes = parameter.bytes {
                bytes.withUnsafeBytes { buffer.append(contentsOf: $0.bindMemory(to: CChar.self)) }
                buffer.append(0)
            }
        }
        let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        return buffer.withUnsafeBufferPointer { start in
            let values = offsets.map { offset in offset.flatMap { start.baseAddress?.advanced(by: $0) } }
            return send(Int32(parameters.count), values, lengths, formats) == 1
        }
    }

    func receive(
        _ result: OpaquePointer?, on connection: OpaquePointer, _ statements: inout StatementCache
    ) -> OperationStep {
        guard let result else {
            emptyReads += 1
            return emptyReads > 1 ? .waitForInput : .goOn
        }
        emptyReads = 0
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            finish()
            return .done
        case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE:
            if outcome == nil { outcome = .failure(.server(ServerError(result))) }
            PQclear(result)
            if wasPreparedNow { statements.remove(sql) }
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            outcome = .failure(.unsupported("COPY is run by copyIn and copyOut, not as a query"))
            PQclear(result)
        case PGRES_PIPELINE_ABORTED: PQclear(result)
        default:
            if preliminary > 0 {
                preliminary -= 1
                PQclear(result)
            } else {
                outcome = .success(PostgresResult(result))
            }
        }
        return .goOn
    }

    private func finish() {
        completion(outcome ?? .failure(.decoding("the server gave no answer to the statement")))
    }

    func fail(_ error: PostgresError) {
        completion(.failure(error))
    }
}

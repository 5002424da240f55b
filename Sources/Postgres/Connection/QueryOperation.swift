import CLibPQ

/// A statement with parameters, prepared once for each session, sent in the pipeline with a sync of its own: it is a
/// transaction of its own unless one is open.
final class QueryOperation: Operation {
    /// How values come back.
    enum Format: Int32 {
        case text = 0
        case binary = 1
    }

    /// What the server answers, one after the other.
    private enum Step {
        case deallocate(String)
        case prepare
        case execute
    }

    /// The protocol counts parameters in 16 bits, and a server takes messages of 1 GiB.
    private static let mostParameters = 65_535
    private static let mostBytes = 1 << 30

    let isPipelined = true
    let token: CancellationToken?
    private let key: StatementCache.Key
    private let parameters: [PostgresParameter]
    private let format: Format
    private let isPrepared: Bool
    private let completion: (Result<PostgresResult, PostgresError>) -> Void
    private var outcome: Result<PostgresResult, PostgresError>?
    private var emptyReads = 0
    private var steps: [Step] = []
    private var preparedName: String?
    private var isStale = false
    private var wasSentAgain = false

    init(
        sql: String, parameters: PostgresParameters, format: Format, isPrepared: Bool,
        token: CancellationToken? = nil, completion: @escaping (Result<PostgresResult, PostgresError>) -> Void
    ) {
        key = StatementCache.Key(sql: sql, types: parameters.values.map(\.type))
        self.parameters = parameters.values
        self.format = format
        self.isPrepared = isPrepared
        self.token = token
        self.completion = completion
    }

    private var refusal: PostgresError? {
        if let refusal = PostgresError.refusal(of: key.sql) { return refusal }
        if parameters.count > Self.mostParameters {
            return .unsupported("a statement has \(Self.mostParameters) parameters at most; pass arrays")
        }
        if parameters.reduce(0, { $0 + ($1.bytes?.count ?? 0) }) >= Self.mostBytes {
            return .unsupported("the parameters of a statement have less than 1 GiB together")
        }
        return nil
    }

    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> SendStep {
        if let refusal { return .refused(refusal) }
        let use = isPrepared ? statements.use(key) : .unprepared
        let isSent =
            switch use {
            case .prepared(let name): execute(name, connection)
            case .unprepared: executeUnprepared(connection)
            case .prepare(let name, let retired):
                retired.allSatisfy { deallocate($0, connection) } && prepare(name, connection)
                    && execute(name, connection)
            }
        return isSent && PQpipelineSync(connection) == 1 ? .sent : .failed
    }

    private func deallocate(_ name: String, _ connection: OpaquePointer) -> Bool {
        steps.append(.deallocate(name))
        return PQsendQueryParams(connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0) == 1
    }

    private func prepare(_ name: String, _ connection: OpaquePointer) -> Bool {
        steps.append(.prepare)
        return PQsendPrepare(connection, name, key.sql, Int32(key.types.count), key.types) == 1
    }

    private func execute(_ name: String, _ connection: OpaquePointer) -> Bool {
        steps.append(.execute)
        preparedName = name
        return withParameters { count, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, format.rawValue)
        }
    }

    private func executeUnprepared(_ connection: OpaquePointer) -> Bool {
        steps.append(.execute)
        return withParameters { count, values, lengths, formats in
            PQsendQueryParams(connection, key.sql, count, key.types, values, lengths, formats, format.rawValue)
        }
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
            return finish(connection)
        case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE:
            failed(ServerError(result), in: PQresultErrorField(result, 82).map { String(cString: $0) }, &statements)
            PQclear(result)
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            return .copyInQuery
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            undo(nextStep(), &statements)
        default: succeeded(result, &statements)
        }
        return .goOn
    }

    private func nextStep() -> Step? {
        steps.isEmpty ? nil : steps.removeFirst()
    }

    private func succeeded(_ result: OpaquePointer, _ statements: inout StatementCache) {
        switch nextStep() {
        case .deallocate, nil: PQclear(result)
        case .prepare:
            PQclear(result)
            statements.confirm(key)
        case .execute: outcome = .success(PostgresResult(result))
        }
    }

    /// - Parameter routine: Where in the server's source the error was raised.
    private func failed(_ error: ServerError, in routine: String?, _ statements: inout StatementCache) {
        let step = nextStep()
        // Also after a success: the commit comes last, and may fail by itself.
        if case .failure = outcome {} else { outcome = .failure(.server(error)) }
        switch step {
        case .deallocate where error.sqlState == "26000":
            isStale = true
            statements.forgetAll()
        case .execute:
            guard let preparedName else { return }
            if error.sqlState == "26000", error.message.contains("\"\(preparedName)\"") {
                isStale = true
                statements.forgetAll()
            } else if error.sqlState == "0A000", routine == "RevalidateCachedQuery" {
                // A table has changed, and with it the type of the rows that were announced.
                isStale = true
                statements.retire(key)
            }
        case .deallocate, .prepare, nil: undo(step, &statements)
        }
    }

    /// A step that the server did not carry out.
    private func undo(_ step: Step?, _ statements: inout StatementCache) {
        switch step {
        case .deallocate(let name): statements.putBack(name)
        case .prepare: statements.forget(key)
        case .execute, nil: break
        }
    }

    private func finish(_ connection: OpaquePointer) -> OperationStep {
        // An open transaction has failed with the statement, and cannot go on.
        if isStale, !wasSentAgain, PQtransactionStatus(connection) == PQTRANS_IDLE {
            wasSentAgain = true
            isStale = false
            outcome = nil
            steps = []
            preparedName = nil
            return .sendAgain
        }
        completion(outcome ?? .failure(.decoding("the server gave no answer to the statement")))
        return .done
    }

    func fail(_ error: PostgresError) {
        completion(.failure(error))
    }
}

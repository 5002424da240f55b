import CLibPQ

/// A statement that is used once, whose rows are taken one at a time (libpq's single-row mode), in text format. Memory
/// holds one row, however many there are.
///
/// libpq takes the mode only for the statement that it is reading. And only the end of a step in the pipeline ends the
/// mode: outside of it, the next statement in the pipeline would still be read row by row.
final class RowOperation: Operation {
    let isPipelined = true
    let waitsForOthers = true
    let token: CancellationToken? = nil
    private let sql: String
    private let takeRow: (PostgresRow) -> Bool
    private let completion: (Result<PostgresResult, PostgresError>) -> Void
    private var outcome: Result<PostgresResult, PostgresError>?
    private var wantsRows = true
    private var emptyReads = 0

    /// - Parameters:
    ///   - takeRow: Takes a row, and says whether it wants more; the others are dropped as they come.
    ///   - completion: Gets the answer, which has no rows.
    init(
        sql: String, takeRow: @escaping (PostgresRow) -> Bool,
        completion: @escaping (Result<PostgresResult, PostgresError>) -> Void
    ) {
        self.sql = sql
        self.takeRow = takeRow
        self.completion = completion
    }

    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> SendStep {
        if let refusal = PostgresError.refusal(of: sql) { return .refused(refusal) }
        let isSent =
            PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 0) == 1
            && PQsetSingleRowMode(connection) == 1 && PQpipelineSync(connection) == 1
        return isSent ? .sent : .failed
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
        case PGRES_SINGLE_TUPLE where wantsRows:
            wantsRows = takeRow(PostgresRow(result: PostgresResult(result), index: 0))
        case PGRES_SINGLE_TUPLE: PQclear(result)
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            completion(outcome ?? .failure(.decoding("the server gave no answer to the statement")))
            return .done
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
            outcome = .failure(.server(ServerError(result)))
            PQclear(result)
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            return .copyInQuery
        default: outcome = .success(PostgresResult(result))
        }
        return .goOn
    }

    func fail(_ error: PostgresError) {
        completion(.failure(error))
    }
}

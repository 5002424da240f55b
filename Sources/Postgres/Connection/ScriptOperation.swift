import CLibPQ

/// Several statements in one text, by the simple protocol; their rows are dropped.
final class ScriptOperation: Operation {
    let isPipelined = false
    let token: CancellationToken?
    private let script: String
    private let completion: (Result<Void, PostgresError>) -> Void
    private var failure: PostgresError?

    init(
        _ script: String, token: CancellationToken?, completion: @escaping (Result<Void, PostgresError>) -> Void
    ) {
        self.script = script
        self.token = token
        self.completion = completion
    }

    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> SendStep {
        if let refusal = PostgresError.refusal(of: script) { return .refused(refusal) }
        return PQsendQuery(connection, script) == 1 ? .sent : .failed
    }

    func receive(
        _ result: OpaquePointer?, on connection: OpaquePointer, _ statements: inout StatementCache
    ) -> OperationStep {
        guard let result else {
            completion(failure.map { .failure($0) } ?? .success(()))
            return .done
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = failure ?? .server(ServerError(result))
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            // What came before it in the script is rolled back with the session.
            return .breakConnection(.unsupported("COPY is run by copyIn and copyOut, not in a script"))
        default: break
        }
        return .goOn
    }

    func fail(_ error: PostgresError) {
        completion(.failure(error))
    }
}

import CLibPQ

/// Several statements in one text, by the simple protocol; their rows are dropped.
final class ScriptOperation: Operation {
    let isPipelined = false
    private let script: String
    private let completion: (Result<Void, PostgresError>) -> Void
    private var failure: PostgresError?

    init(_ script: String, completion: @escaping (Result<Void, PostgresError>) -> Void) {
        self.script = script
        self.completion = completion
    }

    func send(on connection: OpaquePointer, _ statements: inout StatementCache) -> Bool {
        PQsendQuery(connection, script) == 1
    }

    func receive(
        _ result: OpaquePointer?, on connection: OpaquePointer, _ statements: inout StatementCache
    ) -> OperationStep {
        guard let result else {
            completion(failure.map { .failure($0) } ?? .success(()))
            return .done
        }
        switch PQresultStatus(result) {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = failure ?? .server(ServerError(result))
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            failure = failure ?? .unsupported("COPY is run by copyIn and copyOut, not in a script")
            PQputCopyEnd(connection, "not in a script")
        default: break
        }
        PQclear(result)
        return .goOn
    }

    func fail(_ error: PostgresError) {
        completion(.failure(error))
    }
}

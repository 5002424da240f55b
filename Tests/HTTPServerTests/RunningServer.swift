import HTTPServer

/// Runs a server for the length of a test, and stops it gracefully at its end.
func withServer<Value: Sendable>(
    _ configuration: Configuration = Configuration(),
    failures: @escaping FailureResponder = RouteTable.plainText,
    notice: @escaping @Sendable (ServerNotice) -> Void = { _ in },
    routes: (inout Router) -> Void,
    _ body: (Server) async throws -> Value
) async throws -> Value {
    var router = Router()
    routes(&router)
    let server = try Server(configuration: configuration, router: router, failures: failures, notice: notice)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        server.beginStop()
        try await group.waitForAll()
        return try result.get()
    }
}

/// A request that closes its connection, and the answer to it.
func ask(_ server: Server, _ request: String) async throws -> RawResponse {
    let connection = try RawHTTPConnection(port: server.port)
    try await connection.send(request)
    return try await connection.readResponse(toHead: request.hasPrefix("HEAD"))
}

/// A GET of that path.
func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n"
}

/// So many clients at a time, each on a connection of its own.
func withClients(
    _ count: Int, of server: Server, _ body: @escaping @Sendable (_ client: Int, RawHTTPConnection) async throws -> Void
) async throws {
    try await withThrowingTaskGroup { group in
        for client in 0..<count {
            group.addTask { try await body(client, RawHTTPConnection(port: server.port)) }
        }
        try await group.waitForAll()
    }
}

import FoundationEssentials
package import Postgres

/// Runs `work` on an empty database of its own, which is dropped afterwards, with whoever is still connected to it.
///
/// - Parameter template: The database to copy; nobody may be connected to it.
/// - Throws: `MissingTestServer`, or what `work` throws.
@discardableResult
package func withScratchDatabase<Value: Sendable>(
    template: String = "template1", _ work: (PostgresConfiguration) async throws -> Value
) async throws -> Value {
    let administrators = try TestServer.administrators.get()
    var configuration = try TestServer.configuration()
    let name = "scratch_" + UUID().uuidString.lowercased().filter { $0 != "-" }
    configuration.keywords["dbname"] = name
    let scratch = configuration
    return try await administrators.withConnection { administrator in
        try await administrator.execute(
            script: "CREATE DATABASE \(name.quotedIdentifier) TEMPLATE \(template.quotedIdentifier)")
        let outcome = await Result(catching: { try await work(scratch) })
        // Also when the test was cancelled.
        try await administrator.uncancellableQuery("DROP DATABASE \(name.quotedIdentifier) WITH (FORCE)")
        return try outcome.get()
    }
}

/// Runs `work` with a connection to an empty database of its own.
@discardableResult
package func withScratchConnection<Value: Sendable>(
    _ work: (PostgresConnection) async throws -> Value
) async throws -> Value {
    try await withScratchDatabase { configuration in
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        return try await work(connection)
    }
}

extension Result where Failure == any Error {
    /// What `work` returns or throws.
    fileprivate init(catching work: () async throws -> Success) async {
        do {
            self = .success(try await work())
        } catch {
            self = .failure(error)
        }
    }
}

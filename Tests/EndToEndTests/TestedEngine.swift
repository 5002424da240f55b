import API
import APIClient
import Foundation
import HTTPClient
import Postgres
import TestSupport
import Testing

/// An engine that tests run statements on: a server of Weir's with a connection to it, and a view past Weir.
struct TestedEngine: Sendable {
    let server: WeirProcess
    let user: UserSession
    /// The connection to the engine.
    let connection: String
    private let view: View

    private enum View {
        case postgres(PostgresConfiguration)
        case trino(String)
    }

    /// Runs `work` with jobs going to the test's own database, where `effects` is.
    static func onPostgres(_ work: @Sendable (TestedEngine) async throws -> Void) async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            let connection = try await user.connection(engine.settings, password: engine.password)
            try await work(
                TestedEngine(
                    server: server, user: user, connection: connection, view: .postgres(database.administrator)))
        }
    }

    static func onTrino(_ work: @Sendable (TestedEngine) async throws -> Void) async throws {
        let url = try #require(TrinoServer.url)
        try await MigratedDatabase.run { database in
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            let connection = try await user.connection(try UserSession.trino())
            try await work(TestedEngine(server: server, user: user, connection: connection, view: .trino(url)))
        }
    }

    /// The run as soon as its statement runs at the engine.
    func running(_ sql: String, seconds: Int? = nil) async throws -> RunResource {
        let id = try await user.start(try await user.job(on: connection, sql: sql, seconds: seconds))
        let run = try await user.run(id) { $0.status == "running" || RunResource.endedStatuses.contains($0.status) }
        try await eventually("the engine runs the statement") { try await isRunning(run) }
        return run
    }

    /// The run of a statement, as it ended.
    func ended(_ sql: String) async throws -> RunResource {
        try await user.ended(try await user.start(try await user.job(on: connection, sql: sql)))
    }

    /// The payload of the last event of a run.
    func lastEvent(_ run: RunResource) async throws -> EventResource {
        try #require(try await user.events(run.id).last)
    }

    /// Whether the engine itself shows the run's statement as under way.
    func isRunning(_ run: RunResource) async throws -> Bool {
        switch view {
        case .postgres(let administrator):
            let active = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'"
            return try await value(of: active, run, administrator, as: Int.self) > 0
        case .trino(let url):
            struct Query: Decodable { let state: String }
            let answer = try await Client().send(try request(.get, url, run))
            guard answer.status == 200 else { return false }
            let query = try JSONDecoder().decode(Query.self, from: Data(answer.body))
            return query.state == "RUNNING"
        }
    }

    /// Stops the run's statement at the engine, past Weir.
    func stopFromOutside(_ run: RunResource) async throws {
        switch view {
        case .postgres(let administrator):
            let stop = "SELECT bool_and(pg_cancel_backend(pid)) AS n FROM pg_stat_activity WHERE application_name = $1"
            #expect(try await value(of: stop, run, administrator, as: Bool.self))
        case .trino(let url):
            #expect(try await Client().send(try request(.delete, url, run)).status == 204)
        }
    }

    private func value<Value: PostgresDecodable>(
        of sql: String, _ run: RunResource, _ administrator: PostgresConfiguration, as type: Value.Type
    ) async throws -> Value {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        let name = "weir/\(try #require(run.attemptID))"
        return try #require(try await connection.query(sql, .init(name)).first).decode("n")
    }

    private func request(_ method: Client.Method, _ url: String, _ run: RunResource) throws -> Client.Request {
        var request = Client.Request(method, url + "/v1/query/" + (try #require(run.externalID)))
        request.fields["X-Trino-User"] = "test"
        return request
    }
}

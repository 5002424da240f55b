import API
import APIClient
import TestSupport
import Testing

@Suite("An engine that cannot be used")
struct UnusableEngineTests {
    private struct Case {
        let settings: EngineSettings
        var password: String?
        let code: String
        let fault: String
        let says: [String]
    }

    /// Nothing listens on port 1.
    private static let down = [
        Case(
            settings: .postgres(
                PostgresAddress(host: "127.0.0.1", port: 1, database: "d", user: "u", tlsMode: "disable")),
            code: "ENGINE_UNREACHABLE", fault: "infrastructure",
            says: ["Connection refused", "Check the connection's host and port"]),
        Case(
            settings: .trino(TrinoAddress(url: "http://127.0.0.1:1", user: "u")), code: "ENGINE_UNREACHABLE",
            fault: "infrastructure", says: ["127.0.0.1 port 1", "Check the connection's url"]),
        Case(
            settings: .trino(TrinoAddress(url: "http://nowhere.invalid:80", user: "u")), code: "ENGINE_UNREACHABLE",
            fault: "infrastructure", says: ["nowhere.invalid", "Check the connection's url"]),
    ]

    private static func refused(_ engine: EngineDatabase, _ server: WeirProcess) throws -> [Case] {
        guard case .postgres(let address) = engine.settings else { return [] }
        let elsewhere = PostgresAddress(
            host: address.host, port: address.port, database: "nowhere", user: address.user, tlsMode: "disable")
        let encrypted = PostgresAddress(
            host: address.host, port: address.port, database: address.database, user: address.user)
        return [
            Case(
                settings: engine.settings, password: "a-wrong-password", code: "28P01", fault: "user",
                says: ["password authentication failed", "Check the connection's user and password"]),
            Case(
                settings: .postgres(elsewhere), password: engine.password, code: "CONNECTION_REFUSED", fault: "user",
                says: ["nowhere", "Check the connection's database"]),
            Case(
                settings: .postgres(encrypted), password: engine.password, code: "ENGINE_UNREACHABLE",
                fault: "infrastructure", says: ["SSL", "Check"]),
            // A web server that is none of Trino's: Weir's own.
            Case(
                settings: .trino(TrinoAddress(url: server.base, user: "u")), code: "HTTP_404", fault: "engine",
                says: ["404"]),
        ]
    }

    @Test("fails its runs with whose fault it is and what to do, and a check says the same")
    func failsRuns() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let server = try await WeirProcess.serve(database)
            let user = try await UserSession(server.base)
            for item in Self.down + (try Self.refused(engine, server)) {
                let connection = try await user.connection(item.settings, password: item.password)
                let answer = try await user.client.post(
                    Endpoints.checkConnection, Endpoints.checkConnection.path(connection), NoBody())
                #expect(!answer.check.healthy)
                let reason = try #require(answer.check.reason)

                let run = try await user.ended(
                    try await user.start(try await user.job(on: connection, sql: "SELECT 1")))
                #expect(run.status == "failed")
                let failure = try #require(run.failure)
                #expect(failure.code == item.code)
                #expect(failure.fault == item.fault)
                for word in item.says {
                    #expect(failure.message.contains(word))
                    #expect(reason.contains(word))
                }
                #expect(!(failure.message + reason).contains("a-wrong-password"))
                let events = try await user.events(run.id)
                #expect(events.suffix(2).map(\.type) == ["run.attempt_failed", "run.failed"])
                #expect(events.last?.payload["failure"]?["code"]?.string == item.code)
                #expect(events.last?.payload["failure"]?["message"]?.string == failure.message)

                let found = try await user.client.get(
                    Endpoints.getConnection, Endpoints.getConnection.path(connection), minimumSeq: answer.seq)
                #expect(found.lastCheck == answer.check, "what was found is recorded")
            }
        }
    }
}

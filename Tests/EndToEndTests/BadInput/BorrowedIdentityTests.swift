import API
import APIClient
import TestSupport
import Testing

@Suite("A connection to an engine")
struct BorrowedIdentityTests {
    private func reason(_ settings: EngineSettings, _ user: UserSession) async throws -> String? {
        let connection = try await user.connection(settings)
        return try await user.client.post(
            Endpoints.checkConnection, Endpoints.checkConnection.path(connection), NoBody()
        ).check.reason
    }

    @Test("has what its user gave it: neither the server's passwords nor its network of services")
    func borrowsNothing() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            let server = try await WeirProcess.serve(database, environment: ["PGPASSWORD": engine.password])
            let user = try await UserSession(server.base)
            let withoutPassword = try await reason(engine.settings, user)
            #expect(withoutPassword?.contains("no password supplied") == true, "\(withoutPassword ?? "it is healthy")")

            let metadata = PostgresAddress(
                host: "169.254.169.254", port: 80, database: "d", user: "u", tlsMode: "disable")
            let postgres = try await reason(.postgres(metadata), user)
            #expect(postgres?.contains("the address 169.254.169.254 must not be connected to") == true)
            let trino = try await reason(.trino(TrinoAddress(url: "http://169.254.169.254", user: "u")), user)
            #expect(trino?.contains("address refused by policy") == true, "\(trino ?? "it is healthy")")

            let socket = PostgresAddress(host: "/var/run/postgresql", port: 5_432, database: "d", user: "u")
            let refusal = await #expect(throws: Problem.self) {
                try await user.connection(.postgres(socket))
            }
            #expect(String(describing: refusal).contains("host must be the name or IP address of one server"))
            #expect(await server.stop() == 0)
        }
    }
}

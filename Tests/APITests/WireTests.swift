import API
import Foundation
import Testing

@Suite struct WireTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000000Z"), (951_782_399.5, "2000-02-28T23:59:59.500000Z"),
        (951_782_400, "2000-02-29T00:00:00.000000Z"), (1_772_600_767.000_089, "2026-03-04T05:06:07.000089Z"),
        (-1, "1969-12-31T23:59:59.000000Z"), (4_102_444_800, "2100-01-01T00:00:00.000000Z"),
    ])
    func `a time is written to the microsecond and read back`(seconds: Double, text: String) throws {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(WireTime.format(date) == text)
        let read = try #require(WireTime.parse(text))
        #expect(abs(read.timeIntervalSince(date)) < 0.000_001)
    }

    @Test(arguments: ["", "2026-03-04", "2026-03-04T05:06:07", "2026-03-04T05:06:07+02:00", "2026-13-04T05:06:07Z"])
    func `what is no time in UTC is not read`(text: String) {
        #expect(WireTime.parse(text) == nil)
    }

    @Test func `a new connection has its engine beside its settings, and its password under secret`() throws {
        let request = CreateConnection(
            name: "warehouse",
            settings: .postgres(PostgresAddress(host: "db", port: 5433, database: "d", user: "u", tlsMode: "disable")),
            password: "hunter2")
        #expect(
            try encoded(request)
                == #"{"engine":"postgres","name":"warehouse","secret":{"password":"hunter2"},"#
                + #""settings":{"database":"d","host":"db","port":5433,"tls_mode":"disable","user":"u"}}"#)
    }

    @Test func `a new job has its definition beside its name`() throws {
        let request = CreateJob(
            name: "daily",
            definition: JobSpecification(
                connectionID: "c", sql: "SELECT 1",
                parameters: [ParameterSpecification(name: "day", type: "date", default: "2026-01-01")],
                timeoutSeconds: 60, maximumAttempts: 2, resultLimits: ResultLimitsSpecification(rows: 10)))
        #expect(
            try encoded(request)
                == #"{"connection_id":"c","max_attempts":2,"name":"daily","#
                + #""parameters":[{"default":"2026-01-01","name":"day","type":"date"}],"#
                + #""result_limits":{"rows":10},"sql":"SELECT 1","timeout_seconds":60}"#)
    }

    @Test func `a problem names its type by its code, and is read back`() throws {
        let problem = Problem(
            status: 409, code: "name-taken", title: "The name is taken", detail: "by workspace-1",
            errors: [.init(pointer: "/name", code: "name-taken", detail: "taken")], traceID: "ab")
        let text = try encoded(problem)
        #expect(text.contains(#""type":"urn:weir:problem:name-taken""#))
        #expect(try WireFormat.decoder().decode(Problem.self, from: Data(text.utf8)) == problem)
    }

    @Test func `a connection is read back as it was written`() throws {
        let connection = ConnectionResource(
            id: "c", workspaceID: "w", name: "lake",
            settings: .trino(TrinoAddress(url: "https://trino:8443", user: "weir", catalog: "tpch")), hasSecret: true,
            lastCheck: ConnectionCheck(healthy: true, latencyMilliseconds: 3, version: "476", reason: nil),
            checkedAt: Date(timeIntervalSince1970: 5), createdAt: Date(timeIntervalSince1970: 1), version: 2)
        let text = try encoded(connection)
        #expect(try WireFormat.decoder().decode(ConnectionResource.self, from: Data(text.utf8)) == connection)
        #expect(text.contains(#""workspace_id":"w""#))
    }

    private func encoded(_ value: some Encodable) throws -> String {
        String(decoding: try WireFormat.encoder().encode(value), as: UTF8.self)
    }
}

import Domain
import Foundation

extension Identifier {
    /// The same id for the same number.
    static func sample(_ number: UInt8) -> Identifier {
        Identifier(UUID(uuid: (1, 146, 246, 161, 123, 44, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
    }

    static var sample: Identifier { sample(171) }
}

extension ConnectionCreated {
    private static func make(_ settings: ConnectionSettings, hasSecret: Bool) -> ConnectionCreated {
        ConnectionCreated(workspace: .sample, name: "main", settings: settings, hasSecret: hasSecret)
    }

    static let trino = make(
        .trino(TrinoSettings(url: "https://trino.example:8443", user: "weir", catalog: "lake", schema: "raw")),
        hasSecret: true)
    static let plainTrino = make(.trino(TrinoSettings(url: "http://trino:8080", user: "weir")), hasSecret: false)
    static let postgres = make(.postgres(.sample), hasSecret: true)
}

extension PostgresSettings {
    static let sample = PostgresSettings(
        host: "db.example", port: 5_432, database: "warehouse", user: "weir_engine", tls: .verifyFull)
}

extension ConnectionChecked {
    static let healthy = ConnectionChecked(isHealthy: true, latencyMilliseconds: 12, version: "471", reason: nil)
    static let unhealthy = ConnectionChecked(
        isHealthy: false, latencyMilliseconds: 5_000, version: nil, reason: "no route to host")
}

extension JobDefinition {
    /// Has a parameter of every kind.
    static let everyKind = JobDefinition(
        connection: .sample,
        sql: "SELECT {{job.parameters.text}}, {{ job.parameters.integer }} -- \"quoted\" \\ / é",
        parameters: [
            JobParameter(name: "text", kind: .text, defaultValue: "it's"),
            JobParameter(name: "integer", kind: .integer),
            JobParameter(name: "decimal", kind: .decimal, defaultValue: "-12.50"),
            JobParameter(name: "boolean", kind: .boolean, defaultValue: "true"),
            JobParameter(name: "date", kind: .date, defaultValue: "2026-01-31"),
            JobParameter(name: "timestamp", kind: .timestamp, defaultValue: "2026-01-31 23:59:59.123"),
        ], timeoutSeconds: 60, maximumAttempts: 3, resultLimits: ResultLimits(rows: 10, bytes: 4_096))
}

extension RunRequested {
    static let sample = make()

    static func make(
        deadline: Date = Date(timeIntervalSince1970: 1_790_000_031.676), maximumAttempts: Int = 3
    ) -> RunRequested {
        RunRequested(
            workspace: .sample(1), job: .sample(2), jobVersion: 4, connection: .sample(3), engine: .trino,
            statement: "SELECT 'it''s'", arguments: ["text": "it's", "day": "2026-01-31"], deadline: deadline,
            maximumAttempts: maximumAttempts, resultLimits: .standard)
    }
}

extension RunDispatchIntended {
    static func sample(attempt: UInt8 = 1, number: Int = 1, epoch: Int64 = 7) -> RunDispatchIntended {
        RunDispatchIntended(
            attempt: .sample(attempt), number: number, engine: .trino,
            fingerprint: String(repeating: "0a", count: 32), epoch: epoch)
    }
}

extension RunFailure {
    static let retryable = RunFailure(
        code: "PAGE_TRANSPORT_ERROR", fault: .infrastructure, message: "a node went away", isRetryable: true)
    static let final = RunFailure(
        code: "SYNTAX_ERROR", fault: .user, message: "line 1:8: “FORM”", isRetryable: false)
}

extension RunResult {
    static let sample = RunResult(
        columns: [ResultColumn(name: "n", type: "bigint"), ResultColumn(name: "名", type: "varchar(10)")],
        rowCount: 2, isTruncated: true, digest: String(repeating: "f0", count: 32), updateCount: nil)
    static let changes = RunResult(
        columns: [], rowCount: 0, isTruncated: false, digest: String(repeating: "e3", count: 32), updateCount: 7)
}

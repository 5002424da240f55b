import API
import ControlPlane
import Domain

extension BodyReader {
    /// The engine's own settings, from the field `settings`.
    func connectionSettings() -> ConnectionSettings? {
        let engine = require("engine", choice("engine", EngineKind.self))
        guard let settings = require("settings", object("settings")) else { return nil }
        guard let engine else { return nil }
        defer { settings.close() }
        switch engine {
        case .trino:
            return .trino(
                TrinoSettings(
                    url: settings.requiredString("url"), user: settings.requiredString("user"),
                    catalog: settings.string("catalog"), schema: settings.string("schema")))
        case .postgres:
            return .postgres(
                PostgresSettings(
                    host: settings.requiredString("host"), port: settings.integer("port") ?? 5_432,
                    database: settings.requiredString("database"), user: settings.requiredString("user"),
                    tls: settings.choice("tls_mode") ?? .verifyFull))
        }
    }

    /// The password, from the field `secret`.
    func password() -> String? {
        guard let secret = object("secret") else { return nil }
        defer { secret.close() }
        return secret.requiredString("password")
    }

    func jobDefinition() -> JobDefinition? {
        let connection = requiredID("connection_id", ConnectionID.self)
        let limits = object("result_limits")
        defer { limits?.close() }
        let sql = requiredString("sql")
        let parameters = objects("parameters").compactMap { $0.jobParameter() }
        let timeout = integer("timeout_seconds")
        let attempts = integer("max_attempts")
        let rows = limits?.integer("rows")
        let bytes = limits?.integer("bytes")
        guard let connection else { return nil }
        return JobDefinition(
            connection: connection, sql: sql, parameters: parameters, timeoutSeconds: timeout ?? 3_600,
            maximumAttempts: attempts ?? 1,
            resultLimits: ResultLimits(
                rows: rows ?? ResultLimits.standard.rows, bytes: bytes ?? ResultLimits.standard.bytes))
    }

    private func jobParameter() -> JobParameter? {
        defer { close() }
        let name = requiredString("name")
        let kind = require("type", choice("type", JobParameter.Kind.self))
        let defaultValue = string("default")
        return kind.map { JobParameter(name: name, kind: $0, defaultValue: defaultValue) }
    }
}

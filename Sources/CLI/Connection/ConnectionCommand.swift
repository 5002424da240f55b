import API
import APIClient
import Foundation
import Terminal

enum ConnectionCommand {
    static let command = Terminal.Command(
        "connection", summary: "connections: engines, and as whom they are spoken to",
        subcommands: [create, check, list])

    private enum Engine: String, CaseIterable {
        case trino
        case postgres
    }

    private static let name = Positional("name", .text, summary: "unique in its workspace")
    private static let engine = Option(
        required: "engine", .choice(Engine.self), placeholder: "ENGINE", summary: "what kind of engine it is")
    private static let url = Option(
        "url", .text, placeholder: "URL", summary: "Trino: scheme, host and port of the coordinator")
    private static let catalog = Option("catalog", .text, placeholder: "NAME", summary: "Trino: the default catalog")
    private static let schema = Option("schema", .text, placeholder: "NAME", summary: "Trino: the default schema")
    private static let host = Option("host", .text, placeholder: "HOST", summary: "Postgres: the host")
    private static let port = Option(
        "port", .integer(in: 1...65_535), default: 5_432, placeholder: "PORT", summary: "Postgres: the port")
    private static let database = Option("database", .text, placeholder: "NAME", summary: "Postgres: the database")
    private static let tlsMode = Option(
        "tls-mode", .text, default: "verify-full", placeholder: "MODE",
        summary: "Postgres: disable, require or verify-full")
    private static let user = Option(
        required: "user", .text, placeholder: "USER", summary: "the user at the engine")
    private static let passwordFile = Option(
        "password-file", .path, placeholder: "FILE", summary: "holds the password; - is standard input")

    private static let create = Terminal.Command(
        "create", summary: "make a connection",
        discussion: """
            The password is read from a file, or from the environment variable WEIR_PASSWORD: command lines are seen by others.
            """,
        parameters: [
            name, WorkspaceOption.required, engine, url, catalog, schema, host, port, database, tlsMode, user,
            passwordFile,
        ] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let workspace = try await session.workspace(arguments[WorkspaceOption.required])
        let answer = try await session.client.post(
            Endpoints.createConnection, Endpoints.createConnection.path(workspace),
            CreateConnection(
                name: arguments[name], settings: try settings(arguments), password: try password(arguments)))
        try session.show(answer) { Text.answer(answer) }
    }

    private static func settings(_ arguments: Arguments) throws -> EngineSettings {
        switch arguments[engine] {
        case .trino:
            .trino(
                TrinoAddress(
                    url: try arguments.require(url), user: arguments[user], catalog: arguments[catalog],
                    schema: arguments[schema]))
        case .postgres:
            .postgres(
                PostgresAddress(
                    host: try arguments.require(host), port: arguments[port],
                    database: try arguments.require(database), user: arguments[user], tlsMode: arguments[tlsMode]))
        }
    }

    private static func password(_ arguments: Arguments) throws -> String? {
        try arguments[passwordFile].map { try InputFile.text($0).trimmingCharacters(in: .newlines) }
            ?? ProcessInfo.processInfo.environment["WEIR_PASSWORD"]
    }

    private static let connection = Positional("connection", .text, summary: "its id or name")

    private static let check = Terminal.Command(
        "check", summary: "ask the engine whether it answers",
        parameters: [connection, WorkspaceOption.optional] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let id = try await session.connection(arguments[connection], in: arguments[WorkspaceOption.optional])
        let answer = try await session.client.post(
            Endpoints.checkConnection, Endpoints.checkConnection.path(id), NoBody())
        let check = answer.check
        try session.show(answer) {
            check.healthy
                ? "healthy: version \(check.version ?? "unknown"), answered in \(check.latencyMilliseconds) ms"
                : "unhealthy: \(check.reason ?? "")"
        }
        if !check.healthy { throw RunDidNotSucceed() }
    }

    private static let list = Terminal.Command(
        "list", summary: "list a workspace's connections",
        parameters: [WorkspaceOption.required] + Paging.options + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let workspace = try await session.workspace(arguments[WorkspaceOption.required])
        let list = try await session.client.get(
            Endpoints.listConnections, Endpoints.listConnections.path(workspace), query: Paging.query(arguments))
        try session.show(list, next: list.nextCursor) {
            Table(
                ["ID", .init("NAME", narrowest: 12), "ENGINE", "HEALTH", "CHECKED"],
                rows: list.items.map {
                    let health = $0.lastCheck.map { $0.healthy ? "healthy" : "unhealthy" } ?? "not checked"
                    return [$0.id, $0.name, $0.settings.engine, health, Text.time($0.checkedAt)]
                })
        }
    }
}

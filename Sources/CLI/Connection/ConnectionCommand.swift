import API
import APIClient
import Foundation
import Terminal

enum ConnectionCommand {
    static let command = Terminal.Command(
        "connection", "Connections: engines, and as whom they are spoken to", subcommands: [create, check, list])

    private static let workspace = Option("workspace", "WORKSPACE", "its id or name", variable: "WEIR_WORKSPACE")

    private static let create = Terminal.Command(
        "create", "Make a connection",
        discussion:
            "The password is read from a file, or from the environment variable WEIR_PASSWORD: command lines are seen by others.",
        positionals: [Positional("NAME", "unique in its workspace")],
        options: [
            workspace, Option("engine", "ENGINE", "trino or postgres"),
            Option("url", "URL", "Trino: scheme, host and port of the coordinator"),
            Option("catalog", "NAME", "Trino: the default catalog"),
            Option("schema", "NAME", "Trino: the default schema"),
            Option("host", "HOST", "Postgres: the host"), Option("port", "PORT", "Postgres: the port", default: "5432"),
            Option("database", "NAME", "Postgres: the database"),
            Option("tls-mode", "MODE", "Postgres: disable, require or verify-full", default: "verify-full"),
            Option("user", "USER", "the user at the engine"),
            Option("password-file", "FILE", "holds the password; - is standard input"),
        ] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let workspace = try await session.workspace(try arguments.require("workspace"))
        let answer = try await session.client.post(
            Endpoints.createConnection, Endpoints.createConnection.path(workspace),
            CreateConnection(
                name: try arguments.require("NAME"), settings: try settings(arguments),
                password: try password(arguments)))
        try session.show(answer) { Text.answer(answer) }
    }

    private static func settings(_ arguments: Arguments) throws -> EngineSettings {
        switch try arguments.require("engine") {
        case "trino":
            return .trino(
                TrinoAddress(
                    url: try arguments.require("url"), user: try arguments.require("user"),
                    catalog: arguments["catalog"], schema: arguments["schema"]))
        case "postgres":
            return .postgres(
                PostgresAddress(
                    host: try arguments.require("host"), port: try arguments.integer("port", in: 1...65_535),
                    database: try arguments.require("database"), user: try arguments.require("user"),
                    tlsMode: arguments["tls-mode"]))
        case let other: throw UsageError("--engine must be trino or postgres, not “\(other)”")
        }
    }

    private static func password(_ arguments: Arguments) throws -> String? {
        guard let file = arguments["password-file"] else {
            return ProcessInfo.processInfo.environment["WEIR_PASSWORD"]
        }
        let data =
            try file == "-"
            ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(filePath: file))
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private static let check = Terminal.Command(
        "check", "Ask the engine whether it answers", positionals: [Positional("CONNECTION", "its id or name")],
        options: [workspace] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let connection = try await session.connection(
            try arguments.require("CONNECTION"), in: arguments["workspace"])
        let answer = try await session.client.post(
            Endpoints.checkConnection, Endpoints.checkConnection.path(connection), NoBody())
        let check = answer.check
        try session.show(answer) {
            check.healthy
                ? "healthy: version \(check.version ?? "unknown"), answered in \(check.latencyMilliseconds) ms"
                : "unhealthy: \(check.reason ?? "")"
        }
        if !check.healthy { throw RunDidNotSucceed() }
    }

    private static let list = Terminal.Command(
        "list", "List a workspace's connections", options: [workspace, Paging.cursor, Paging.limit] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let workspace = try await session.workspace(try arguments.require("workspace"))
        let list = try await session.client.get(
            Endpoints.listConnections, Endpoints.listConnections.path(workspace), query: try Paging.query(arguments))
        try session.show(list) {
            Table(
                ["ID", "NAME", "ENGINE", "HEALTH", "CHECKED"],
                rows: list.items.map {
                    let health = $0.lastCheck.map { $0.healthy ? "healthy" : "unhealthy" } ?? "not checked"
                    return [$0.id, $0.name, $0.settings.engine, health, Text.time($0.checkedAt)]
                }
            ).text + Paging.hint(list.nextCursor)
        }
    }
}

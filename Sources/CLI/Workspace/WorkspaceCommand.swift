import API
import APIClient
import Terminal

enum WorkspaceCommand {
    static let command = Terminal.Command(
        "workspace", "Workspaces: what connections and jobs belong to", subcommands: [create, list])

    private static let create = Terminal.Command(
        "create", "Make a workspace", positionals: [Positional("NAME", "unique among all workspaces")],
        options: [Option("description", "TEXT", "what people read about it")] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let answer = try await session.client.post(
            Endpoints.createWorkspace, Endpoints.createWorkspace.path(),
            CreateWorkspace(name: try arguments.require("NAME"), description: arguments["description"]))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let list = Terminal.Command(
        "list", "List workspaces", options: [Paging.cursor, Paging.limit] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let list = try await session.client.get(
            Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), query: try Paging.query(arguments))
        try session.show(list) {
            Table(
                ["ID", "NAME", "CREATED", "DESCRIPTION"],
                rows: list.items.map { [$0.id, $0.name, Text.time($0.createdAt), $0.description] }
            ).text + Paging.hint(list.nextCursor)
        }
    }
}

/// Lists come in pages.
enum Paging {
    static let cursor = Option("cursor", "CURSOR", "where the page before ended")
    static let limit = Option("limit", "COUNT", "how many at most, 1 to 200")

    static func query(_ arguments: Arguments) throws -> [(String, String?)] {
        [("limit", try arguments.integer("limit", in: 1...200).map(String.init)), ("cursor", arguments["cursor"])]
    }

    static func hint(_ next: String?) -> String {
        next.map { "\n(more with --cursor \($0))" } ?? ""
    }
}

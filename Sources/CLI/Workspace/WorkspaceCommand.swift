import API
import APIClient
import Terminal

enum WorkspaceCommand {
    static let command = Terminal.Command(
        "workspace", summary: "workspaces: what connections and jobs belong to", subcommands: [create, list])

    private static let name = Positional("name", .text, summary: "unique among all workspaces")
    private static let description = Option("description", .text, summary: "what people read about it")

    private static let create = Terminal.Command(
        "create", summary: "make a workspace", parameters: [name, description] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let answer = try await session.client.post(
            Endpoints.createWorkspace, Endpoints.createWorkspace.path(),
            CreateWorkspace(name: arguments[name], description: arguments[description]))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let list = Terminal.Command(
        "list", summary: "list workspaces", parameters: Paging.options + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let list = try await session.client.get(
            Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), query: Paging.query(arguments))
        try session.show(list, next: list.nextCursor) {
            Table(
                ["ID", .init("NAME", narrowest: 12), "CREATED", .init("DESCRIPTION", narrowest: 12)],
                rows: list.items.map { [$0.id, $0.name, Text.time($0.createdAt), $0.description] })
        }
    }
}

import API
import APIClient
import Terminal

enum JobCommand {
    static let command = Terminal.Command(
        "job", summary: "jobs: named, versioned statements", subcommands: [create, publish, list])

    private static let name = Positional("name", .text, summary: "unique in its workspace")
    private static let job = Positional("job", .text, summary: "its id or name")

    private static let create = Terminal.Command(
        "create", summary: "make a job",
        parameters: [name, WorkspaceOption.required] + JobDefinitionOptions.all + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let workspace = try await session.workspace(arguments[WorkspaceOption.required])
        let answer = try await session.client.post(
            Endpoints.createJob, Endpoints.createJob.path(workspace),
            CreateJob(
                name: arguments[name],
                definition: try await JobDefinitionOptions.specification(arguments, session, workspace: workspace)))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let publish = Terminal.Command(
        "publish", summary: "add a version to a job",
        parameters: [job, WorkspaceOption.optional] + JobDefinitionOptions.all + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let workspace = arguments[WorkspaceOption.optional]
        let id = try await session.job(arguments[job], in: workspace)
        let answer = try await session.client.post(
            Endpoints.publishJobVersion, Endpoints.publishJobVersion.path(id),
            try await JobDefinitionOptions.specification(arguments, session, workspace: workspace))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let list = Terminal.Command(
        "list", summary: "list a workspace's jobs",
        parameters: [WorkspaceOption.required] + Paging.options + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let workspace = try await session.workspace(arguments[WorkspaceOption.required])
        let list = try await session.client.get(
            Endpoints.listJobs, Endpoints.listJobs.path(workspace), query: Paging.query(arguments))
        try session.show(list, next: list.nextCursor) {
            Table(
                [
                    "ID", .init("NAME", narrowest: 12), .init("VERSION", alignment: .right),
                    .init("STATEMENT", narrowest: 12),
                ],
                rows: list.items.map { [$0.id, $0.name, "\($0.jobVersion)", $0.definition.sql] })
        }
    }
}

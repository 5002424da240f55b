import API
import APIClient
import Foundation
import Terminal

enum JobCommand {
    static let command = Terminal.Command(
        "job", "Jobs: named, versioned statements", subcommands: [create, publish, list])

    private static let workspace = Option("workspace", "WORKSPACE", "its id or name", variable: "WEIR_WORKSPACE")
    private static let definitionOptions = [
        Option("connection", "CONNECTION", "where it runs: its id or name"),
        Option("sql", "STATEMENT", "what it runs; {{job.parameters.NAME}} stands for a parameter"),
        Option("sql-file", "FILE", "holds the statement; - is standard input"),
        Option(
            "parameter", "NAME=TYPE",
            "declares a parameter: text, integer, decimal, boolean, date or timestamp; "
                + "NAME=TYPE:DEFAULT gives a default", isRepeated: true),
        Option("timeout", "SECONDS", "how long a run may take"),
        Option("attempts", "COUNT", "how often a run is tried"),
        Option("result-rows", "COUNT", "how many rows of a result are kept"),
    ]

    private static let create = Terminal.Command(
        "create", "Make a job", positionals: [Positional("NAME", "unique in its workspace")],
        options: [workspace] + definitionOptions + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let workspace = try await session.workspace(try arguments.require("workspace"))
        let answer = try await session.client.post(
            Endpoints.createJob, Endpoints.createJob.path(workspace),
            CreateJob(
                name: try arguments.require("NAME"), definition: try await definition(arguments, session, workspace)))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let publish = Terminal.Command(
        "publish", "Add a version to a job", positionals: [Positional("JOB", "its id or name")],
        options: [workspace] + definitionOptions + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let job = try await session.job(try arguments.require("JOB"), in: arguments["workspace"])
        let answer = try await session.client.post(
            Endpoints.publishJobVersion, Endpoints.publishJobVersion.path(job),
            try await definition(arguments, session, arguments["workspace"]))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let list = Terminal.Command(
        "list", "List a workspace's jobs", options: [workspace, Paging.cursor, Paging.limit] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let workspace = try await session.workspace(try arguments.require("workspace"))
        let list = try await session.client.get(
            Endpoints.listJobs, Endpoints.listJobs.path(workspace), query: try Paging.query(arguments))
        try session.show(list) {
            Table(
                ["ID", "NAME", "VERSION", "STATEMENT"],
                rows: list.items.map { [$0.id, $0.name, "\($0.jobVersion)", $0.definition.sql] }
            ).text + Paging.hint(list.nextCursor)
        }
    }

    private static func definition(
        _ arguments: Arguments, _ session: Session, _ workspace: String?
    ) async throws -> JobSpecification {
        let rows = try arguments.integer("result-rows", in: 1...100_000)
        return JobSpecification(
            connectionID: try await session.connection(try arguments.require("connection"), in: workspace),
            sql: try sql(arguments),
            parameters: try arguments.pairs("parameter").map { name, value in
                let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return ParameterSpecification(name: name, type: parts[0], default: parts.count > 1 ? parts[1] : nil)
            }, timeoutSeconds: try arguments.integer("timeout", in: 1...604_800),
            maximumAttempts: try arguments.integer("attempts", in: 1...20),
            resultLimits: rows.map { ResultLimitsSpecification(rows: $0) })
    }

    private static func sql(_ arguments: Arguments) throws -> String {
        switch (arguments["sql"], arguments["sql-file"]) {
        case (let sql?, nil): return sql
        case (nil, let file?):
            let data =
                try file == "-"
                ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(filePath: file))
            return String(decoding: data, as: UTF8.self)
        case (nil, nil): throw UsageError("--sql or --sql-file is missing")
        case (.some, .some): throw UsageError("give --sql or --sql-file, not both")
        }
    }
}

import API
import APIClient
import Foundation
import Terminal

/// The command was carried out, and what it was about did not go well: exit code 1, without another message.
struct RunDidNotSucceed: Error {}

enum RunCommand {
    static let command = Terminal.Command(
        "run", "Runs of jobs", subcommands: [start, show, list, events, result, cancel, resolve])

    private static let workspace = Option("workspace", "WORKSPACE", "its id or name", variable: "WEIR_WORKSPACE")
    private static let run = Positional("RUN", "its id")

    private static let start = Terminal.Command(
        "start", "Ask for a run of a job", positionals: [Positional("JOB", "its id or name")],
        options: [
            workspace, Option("parameter", "NAME=VALUE", "gives a parameter its value", isRepeated: true),
            Option("wait", nil, "wait for the end, and show how far it is"),
        ] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let job = try await session.job(try arguments.require("JOB"), in: arguments["workspace"])
        let parameters = Dictionary(try arguments.pairs("parameter").map { ($0.name, $0.value) }) { $1 }
        let answer = try await session.client.post(
            Endpoints.requestRun, Endpoints.requestRun.path(job), RequestRun(parameters: parameters))
        guard arguments.flag("wait") else { return try session.show(answer) { Text.answer(answer) } }
        let run = try await RunWait(session: session).wait(for: answer.id, minimumSeq: answer.seq)
        try session.show(run) { RunText.text(of: run) }
        if run.status != "succeeded" { throw RunDidNotSucceed() }
    }

    private static let show = Terminal.Command(
        "show", "Show a run", positionals: [run],
        options: [Option("wait", nil, "wait for the end, and show how far it is")] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let id = try arguments.require("RUN")
        let run =
            arguments.flag("wait")
            ? try await RunWait(session: session).wait(for: id, minimumSeq: nil)
            : try await session.client.get(Endpoints.getRun, Endpoints.getRun.path(id))
        try session.show(run) { RunText.text(of: run) }
    }

    private static let list = Terminal.Command(
        "list", "List runs, the newest first",
        options: [workspace, Option("status", "STATUS", "only runs of this status"), Paging.cursor, Paging.limit]
            + Session.options
    ) { arguments in
        let session = try Session(arguments)
        var query = try Paging.query(arguments)
        if let workspace = arguments["workspace"] {
            query.append(("workspace", try await session.workspace(workspace)))
        }
        query.append(("status", arguments["status"]))
        let list = try await session.client.get(Endpoints.listRuns, Endpoints.listRuns.path(), query: query)
        try session.show(list) {
            Table(
                ["ID", "JOB", "ENGINE", "STATUS", "REQUESTED", "ENDED"],
                rows: list.items.map {
                    [$0.id, $0.jobName, $0.engine, $0.status, Text.time($0.requestedAt), Text.time($0.endedAt)]
                }
            ).text + Paging.hint(list.nextCursor)
        }
    }

    private static let events = Terminal.Command(
        "events", "Show a run's events, in the log's order", positionals: [run], options: Session.options
    ) { arguments in
        let session = try Session(arguments)
        let list = try await session.client.get(
            Endpoints.listRunEvents, Endpoints.listRunEvents.path(try arguments.require("RUN")),
            query: [("limit", "1000")])
        try session.show(list) {
            Table(
                ["SEQ", "RECORDED", "EVENT", "BY", "WHAT"],
                rows: list.items.map { event in
                    let payload = (try? WireFormat.encoder().encode(event.payload)).map {
                        String(decoding: $0, as: UTF8.self)
                    }
                    let time = String(WireTime.format(event.recordedAt).dropFirst(11).prefix(12))
                    return ["\(event.seq)", time, event.type, event.actor, payload ?? ""]
                }
            ).text
        }
    }

    private static let result = Terminal.Command(
        "result", "Show a run's rows", positionals: [run],
        options: [
            Option("csv", nil, "write all rows as CSV"), Option("from", "ROW", "the first row, from 0", default: "0"),
            Option("limit", "COUNT", "how many rows, 1 to 1000", default: "1000"),
        ] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let path = Endpoints.getRunResult.path(try arguments.require("RUN"))
        if arguments.flag("csv") {
            return FileHandle.standardOutput.write(Data(try await session.client.bytes(path, accept: "text/csv")))
        }
        let result = try await session.client.get(
            Endpoints.getRunResult, path, query: [("from", arguments["from"]), ("limit", arguments["limit"])])
        try session.show(result) { RunText.text(of: result) }
    }

    private static let cancel = Terminal.Command(
        "cancel", "Ask for a run to stop", positionals: [run],
        options: [Option("reason", "TEXT", "for whoever reads the history")] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let answer = try await session.client.post(
            Endpoints.cancelRun, Endpoints.cancelRun.path(try arguments.require("RUN")),
            CancelRun(reason: arguments["reason"]))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let resolve = Terminal.Command(
        "resolve", "Say how a run of unknown outcome ended", positionals: [run],
        options: [
            Option("outcome", "OUTCOME", "succeeded, failed or cancelled"),
            Option("reason", "TEXT", "how that is known"),
        ] + Session.options
    ) { arguments in
        let session = try Session(arguments)
        let answer = try await session.client.post(
            Endpoints.resolveRun, Endpoints.resolveRun.path(try arguments.require("RUN")),
            ResolveRun(outcome: try arguments.require("outcome"), reason: try arguments.require("reason")))
        try session.show(answer) { Text.answer(answer) }
    }
}

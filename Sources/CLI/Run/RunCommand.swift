import API
import APIClient
import Foundation
import Terminal

/// The command was carried out, and what it was about did not go well: exit code 1, without another message.
struct RunDidNotSucceed: Error {}

enum RunCommand {
    static let command = Terminal.Command(
        "run", summary: "runs of jobs", subcommands: [start, show, list, events, result, cancel, resolve])

    private static let run = Positional("run", .text, summary: "its id")
    private static let job = Positional("job", .text, summary: "its id or name")
    private static let wait = Flag(
        "wait", summary: "wait for the end, and show how far it is; a server that is away is asked again for 5 minutes")
    private static let key = Option(
        "idempotency-key", .text, placeholder: "KEY",
        summary: "the same command under the same key starts one run, within a day")
    private static let parameter = Option(
        repeated: "parameter", short: "p", .assignment, summary: "gives a parameter its value")

    private static let start = Terminal.Command(
        "start", summary: "ask for a run of a job",
        parameters: [job, WorkspaceOption.optional, parameter, wait, key] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let id = try await session.job(arguments[job], in: arguments[WorkspaceOption.optional])
        let parameters = Dictionary(arguments[parameter].map { ($0.name, $0.value) }) { $1 }
        let answer = try await request(
            RequestRun(parameters: parameters), of: id, key: arguments[key] ?? UUID().uuidString, session)
        guard arguments[wait] else { return try session.show(answer) { Text.answer(answer) } }
        // At once: whatever happens while it is waited for, the run can be found.
        console.writeError("run \(answer.id)\n")
        let run = try await RunWait(session: session).wait(for: answer.id, minimumSeq: answer.seq)
        try session.show(run) { RunText.text(of: run) }
        if run.status != "succeeded" { throw RunDidNotSucceed() }
    }

    /// Asks for a run; where it is not known whether there is one now, it is said how to ask again.
    private static func request(
        _ request: RequestRun, of job: String, key: String, _ session: Session
    ) async throws -> CommandAnswer {
        do {
            return try await session.client.post(
                Endpoints.requestRun, Endpoints.requestRun.path(job), request, idempotencyKey: key)
        } catch let error where RunWait.isPassing(error) {
            session.console.writeError(
                "the run may have been started: the same command with --idempotency-key \(key) starts it once\n")
            throw error
        }
    }

    private static let show = Terminal.Command(
        "show", summary: "show a run", parameters: [run, wait, AsOfOption.asOf] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let id = arguments[run]
        let run =
            arguments[wait]
            ? try await RunWait(session: session).wait(for: id, minimumSeq: nil)
            : try await session.client.get(
                Endpoints.getRun, Endpoints.getRun.path(id), asOf: arguments[AsOfOption.asOf])
        try session.show(run) { RunText.text(of: run) }
    }

    private static let status = Option(
        "status", .text, placeholder: "STATUS", summary: "only runs of this status")

    private static let list = Terminal.Command(
        "list", summary: "list runs, the newest first",
        parameters: [WorkspaceOption.optional, status] + Paging.options + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        var query = Paging.query(arguments)
        if let workspace = arguments[WorkspaceOption.optional] {
            query.append(("workspace", try await session.workspace(workspace)))
        }
        query.append(("status", arguments[status]))
        let list = try await session.client.get(Endpoints.listRuns, Endpoints.listRuns.path(), query: query)
        try session.show(list, next: list.nextCursor) {
            Table(
                ["ID", .init("JOB", narrowest: 12), "ENGINE", "STATUS", "REQUESTED", "ENDED"],
                rows: list.items.map {
                    [$0.id, $0.jobName, $0.engine, $0.status, Text.time($0.requestedAt), Text.time($0.endedAt)]
                })
        }
    }

    private static let events = Terminal.Command(
        "events", summary: "show a run's events, in the log's order",
        parameters: [run, AsOfOption.asOf] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let list = try await session.client.get(
            Endpoints.listRunEvents, Endpoints.listRunEvents.path(arguments[run]), query: [("limit", "1000")],
            asOf: arguments[AsOfOption.asOf])
        try session.show(list, next: nil) {
            Table(
                [
                    .init("SEQ", alignment: .right), "RECORDED", "EVENT", .init("BY", narrowest: 8),
                    .init("WHAT", narrowest: 20),
                ],
                rows: list.items.map { event in
                    let payload = (try? WireFormat.encoder().encode(event.payload)).map {
                        String(decoding: $0, as: UTF8.self)
                    }
                    let time = String(WireTime.format(event.recordedAt).dropFirst(11).prefix(12))
                    return ["\(event.seq)", time, event.type, event.actor, payload ?? ""]
                })
        }
    }

    private static let csv = Flag("csv", summary: "write all rows as CSV")
    private static let from = Option(
        "from", .integer(in: 0...1_000_000_000), default: 0, placeholder: "ROW", summary: "the first row")
    private static let limit = Option(
        "limit", .integer(in: 1...1_000), default: 1_000, placeholder: "COUNT", summary: "how many rows")

    private static let result = Terminal.Command(
        "result", summary: "show a run's rows", parameters: [run, csv, from, limit] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let path = Endpoints.getRunResult.path(arguments[run])
        if arguments[csv] {
            return console.write(
                String(decoding: try await session.client.bytes(path, accept: "text/csv"), as: UTF8.self))
        }
        let result = try await session.client.get(
            Endpoints.getRunResult, path, query: [("from", "\(arguments[from])"), ("limit", "\(arguments[limit])")])
        try session.show(result) { RunText.text(of: result, console) }
    }

    private static let cancelReason = Option("reason", .text, summary: "for whoever reads the history")

    private static let cancel = Terminal.Command(
        "cancel", summary: "ask for a run to stop", parameters: [run, cancelReason] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let answer = try await session.client.post(
            Endpoints.cancelRun, Endpoints.cancelRun.path(arguments[run]), CancelRun(reason: arguments[cancelReason]))
        try session.show(answer) { Text.answer(answer) }
    }

    private static let outcome = Option(
        required: "outcome", .text, placeholder: "OUTCOME", summary: "succeeded, failed or cancelled")
    private static let resolveReason = Option(required: "reason", .text, summary: "how that is known")

    private static let resolve = Terminal.Command(
        "resolve", summary: "say how a run of unknown outcome ended",
        parameters: [run, outcome, resolveReason] + Session.options
    ) { arguments, console in
        let session = try Session(arguments, console)
        let answer = try await session.client.post(
            Endpoints.resolveRun, Endpoints.resolveRun.path(arguments[run]),
            ResolveRun(outcome: arguments[outcome], reason: arguments[resolveReason]))
        try session.show(answer) { Text.answer(answer) }
    }
}

import API
import ControlPlane
import Domain
import EventSourcing
import FoundationEssentials
import HTTPServer

/// Runs, their events and their results.
struct RunRoutes: Sendable {
    let commands: CommandHandling
    let queries: QueryHandling
    let runs: RunCommands
    let events: any EventStore
    let attempts: any AttemptStore
    var readModels: any ReadModels { queries.readModels }

    private static let pageRange = 1...1_000

    func register(on router: inout Router) {
        registerCommands(on: &router)
        router.on(
            Endpoints.listRuns,
            queries.handler { request in
                let filter = RunFilter(
                    workspace: try request.queryID("workspace"), job: try request.queryID("job"),
                    status: request.query["status"])
                let page = try await readModels.runs(matching: filter, page: try request.page())
                return try QueryHandling.json(List(page) { RunResource($0) })
            })
        router.on(
            Endpoints.getRun,
            queries.handler { request in
                let view = try await run(request)
                return try QueryHandling.json(RunResource(view), version: view.version)
            })
        router.on(Endpoints.listRunEvents, queries.handler { try await listEvents($0) })
        router.on(Endpoints.getRunResult, queries.handler { try await result($0) })
    }

    private func registerCommands(on router: inout Router) {
        router.on(
            Endpoints.requestRun,
            commands.handler(status: .accepted, location: { Endpoints.getRun.path($0) }) { request, body, context in
                let arguments = body.texts("parameters")
                try body.finish()
                return try await runs.request(try request.id("job"), arguments: arguments, context: context)
            })
        router.on(
            Endpoints.cancelRun,
            commands.handler(status: .accepted) { request, body, context in
                let reason = body.string("reason") ?? ""
                try body.finish()
                return try await runs.cancel(try request.id("run"), reason: reason, context: context)
            })
        router.on(
            Endpoints.resolveRun,
            commands.handler(status: .ok) { request, body, context in
                let outcome = body.require("outcome", body.choice("outcome", RunResolution.Outcome.self))
                let reason = body.requiredString("reason")
                try body.finish()
                guard let outcome else { preconditionFailure("a body without faults has an outcome") }
                return try await runs.resolve(
                    try request.id("run"), RunResolution(outcome: outcome, reason: reason), context: context)
            })
    }

    private func run(_ request: HTTPRequest) async throws -> RunView {
        let id: RunID = try request.id("run")
        return try QueryHandling.found(try await readModels.run(id), "run", id)
    }

    /// A run's events come from the log itself; the cursor is the version of the last one.
    private func listEvents(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id: RunID = try request.id("run")
        let limit = try request.queryNumber("limit", in: Self.pageRange, default: 200)
        let after = try request.queryNumber("cursor", in: 0...Int(Int32.max), default: 0)
        let stream = StreamName(category: RunCodec.category, id: "\(id)")
        let found = try await events.readStream(stream, after: after, limit: limit)
        if found.isEmpty, after == 0 { _ = try QueryHandling.found(nil as RunView?, "run", id) }
        let next = found.count == limit ? found.last.map { "\"\($0.version)\"" } : nil
        let items = found.map(\.json).joined(separator: ",")
        return .bytes(
            Array("{\"items\":[\(items)]\(next.map { ",\"next_cursor\":\($0)" } ?? "")}".utf8), type: "application/json"
        )
    }

    private func result(_ request: HTTPRequest) async throws -> HTTPResponse {
        let view = try await run(request)
        guard let attempt = view.attempt, let result = view.result else {
            throw Problem(
                status: 409, code: "result-not-there", title: "There is no result",
                detail: "the run is \(view.status); a result is there when it has succeeded")
        }
        if request.query["format"] == "csv" || request.fields[.accept]?.hasPrefix("text/csv") == true {
            return csv(attempt, result, named: "\(view.id)")
        }
        let from = try request.queryNumber("from", in: 0...Int(Int32.max), default: 0)
        let limit = try request.queryNumber("limit", in: Self.pageRange, default: 1_000)
        let rows = try await attempts.rows(of: attempt, from: from, limit: limit)
        let columns = try WireFormat.encoder().encode(result.columns)
        let changed = result.updateCount.map { ",\"update_count\":\($0)" } ?? ""
        let body = """
            {"columns":\(String(decoding: columns, as: UTF8.self)),"from":\(from),"rows":[\(rows.joined(separator: ","))],\
            "row_count":\(result.rowCount),"truncated":\(result.isTruncated)\(changed)}
            """
        return .bytes(Array(body.utf8), type: "application/json")
    }

    /// All kept rows as CSV (RFC 4180), sent while they are read.
    private func csv(_ attempt: AttemptID, _ result: RunResult, named name: String) -> HTTPResponse {
        var response = HTTPResponse.stream(type: "text/csv; charset=utf-8; header=present") { stream in
            try await stream.write(CSV.line(result.columns.map(\.name)))
            var from = 0
            while from < result.rowCount {
                let rows = try await attempts.rows(of: attempt, from: from, limit: Self.pageRange.upperBound)
                if rows.isEmpty { break }
                try await stream.write(rows.map(CSV.line(ofRow:)).joined())
                from += rows.count
            }
        }
        response.fields[.contentDisposition] = "attachment; filename=\"run-\(name).csv\""
        return response
    }
}

/// Comma-separated values (RFC 4180).
enum CSV {
    static func line(_ values: [String]) -> String {
        values.map(field).joined(separator: ",") + "\r\n"
    }

    /// A row's JSON array: texts without their quotes, NULL as nothing, everything else as JSON.
    static func line(ofRow json: String) -> String {
        guard case .array(let values)? = try? JSONParser.parse(Array(json.utf8)) else { return line([json]) }
        return line(
            values.map { value in
                switch value {
                case .null: ""
                case .string(let text): text
                case .boolean, .number, .array, .object: value.text
                }
            })
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

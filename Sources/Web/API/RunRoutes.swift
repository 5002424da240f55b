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

    private static let pageRange = 1...1_000

    func register(on router: inout Router) {
        registerCommands(on: &router)
        router.on(
            Endpoints.listRuns,
            queries.handler("workspace", "job", "status", "limit", "cursor", reading: [.run]) { request, scope in
                let filter = try RunFilter(request)
                let page = try await scope.readModels.runs(matching: filter, page: try scope.page(request))
                return try QueryHandling.json(List(page, scope) { RunResource($0) })
            })
        router.on(
            Endpoints.getRun,
            queries.handler(reading: [.run]) { request, scope in
                let view = try await run(request, scope)
                return try QueryHandling.json(RunResource(view), version: view.version)
            })
        router.on(
            Endpoints.listRunEvents,
            queries.handler("limit", "cursor", reading: [.run]) { try await listEvents($0, $1) })
    }

    private func registerCommands(on router: inout Router) {
        router.onCommand(
            Endpoints.requestRun,
            commands.handler(status: .accepted, location: { Endpoints.getRun.path($0) }) { request, body, context in
                let arguments = body.texts("parameters")
                try body.finish()
                return try await runs.request(try request.id("job"), arguments: arguments, context: context)
            })
        router.onCommand(
            Endpoints.cancelRun,
            commands.handler(status: .accepted) { request, body, context in
                let reason = body.string("reason") ?? ""
                try body.finish()
                return try await runs.cancel(try request.id("run"), reason: reason, context: context)
            })
        router.onCommand(
            Endpoints.resolveRun,
            commands.handler(status: .ok) { request, body, context in
                let outcome = body.require("outcome", body.choice("outcome", RunResolution.Outcome.self))
                let reason = body.requiredString("reason")
                let resolution = try body.finish(outcome.map { RunResolution(outcome: $0, reason: reason) })
                return try await runs.resolve(try request.id("run"), resolution, context: context)
            })
    }

    private func run(_ request: HTTPRequest, _ scope: QueryScope) async throws -> RunView {
        let id: RunID = try request.id("run")
        return try QueryHandling.found(try await scope.readModels.run(id), "run", id)
    }

    /// A run's events come from the log itself; the cursor is the version of the last one.
    private func listEvents(_ request: HTTPRequest, _ scope: QueryScope) async throws -> HTTPResponse {
        let id: RunID = try request.id("run")
        let limit = try request.queryNumber("limit", in: Self.pageRange, default: 200)
        let after = try request.number(
            request.query["cursor"].map { QueryScope.split($0).rest }, "cursor", in: 0...Int(Int32.max), default: 0)
        let epoch = try await request.storeEpoch(of: events)
        let stream = StreamName(category: RunCodec.category, id: "\(id)")
        let all = try await events.readStream(stream, after: after, limit: limit)
        let found = all.filter { $0.seq <= scope.asOf ?? .max }
        if found.isEmpty, after == 0 { _ = try QueryHandling.found(nil as RunView?, "run", id) }
        let last = found.count == limit ? found.last.map { "\($0.version)" } : nil
        let next = scope.cursor(last).map { "\"\($0)\"" }
        let items = found.map(\.json).joined(separator: ",")
        return .bytes(
            Array("{\"items\":[\(items)]\(next.map { ",\"next_cursor\":\($0)" } ?? "")}".utf8), type: "application/json"
        ).naming(epoch)
    }
}

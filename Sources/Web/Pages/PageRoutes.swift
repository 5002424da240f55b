import ControlPlane
import Domain
import EventSourcing
import FoundationEssentials
import HTTPServer

/// The pages for people, and what they load.
struct PageRoutes: Sendable {
    let queries: QueryHandling
    let attempts: any AttemptStore
    let store: any EventStore
    let runs: RunCommands
    let commands: CommandHandling
    let environment: Environment
    let ledger: (any LedgerStore)?

    /// How many rows of a result a page shows.
    static let rows = 100

    init(_ dependencies: WebApplication.Dependencies) {
        queries = QueryHandling(dependencies)
        attempts = dependencies.attempts
        store = dependencies.events
        runs = dependencies.runs
        commands = CommandHandling(refusals: dependencies.refusals)
        environment = dependencies.environment
        ledger = dependencies.ledger
    }

    func add(to router: inout Router) {
        router.on(.get, "/") { _ in Self.redirect(to: "/runs") }
        router.on(
            .get, "/runs",
            queries.handler("workspace", "job", "status", "limit", "cursor", reading: [.run, .workspace, .job]) {
                try await runList($0, $1)
            })
        router.on(.get, "/runs/{run}", queries.handler(reading: [.run]) { try await run($0, $1) })
        router.on(
            .get, "/workspaces",
            queries.handler("limit", "cursor", reading: [.workspace]) { try await workspaceList($0, $1) })
        router.on(
            .get, "/workspaces/{workspace}",
            queries.handler(reading: [.workspace, .job, .connection]) { try await workspace($0, $1) })
        router.on(.get, "/jobs/{job}", queries.handler(reading: Set(ReadModel.allCases)) { try await job($0, $1) })
        if let ledger {
            router.on(.get, "/audit", QueryHandling.handler("limit", "cursor") { try await audit($0, ledger) })
        }
        PageForms(runs: runs, commands: commands).add(to: &router)
        for asset in Asset.all { router.on(.get, asset.path.text) { Self.answer(asset, to: $0) } }
    }

    static func redirect(to path: String) -> HTTPResponse {
        HTTPResponse(status: .seeOther, fields: [.location: path])
    }

    private static func answer(_ page: HTML) -> HTTPResponse {
        .text(page.text, type: "text/html; charset=utf-8")
    }

    private static func answer(_ asset: Asset, to request: HTTPRequest) -> HTTPResponse {
        let isKnown = request.fields[.ifNoneMatch] == asset.etag
        var response: HTTPResponse =
            isKnown ? HTTPResponse(status: .notModified) : .bytes(asset.content, type: asset.type)
        response.fields[.etag] = asset.etag
        response.fields[.cacheControl] = "no-cache"
        return response
    }
}

extension PageRoutes {
    private func runList(_ request: HTTPRequest, _ scope: QueryScope) async throws -> HTTPResponse {
        let filter = try RunFilter(request)
        let page = try scope.page(request)
        // Taken first: what is recorded meanwhile is news to the page, even when it is shown already.
        let position = LivePosition(seq: try await store.head(), epoch: try await store.epoch())
        let runs = try await scope.readModels.runs(matching: filter, page: page)
        let workspaces = try await scope.readModels.workspaces(named: nil, page: PageRequest(limit: 200))
        var jobName: String?
        if let job = filter.job { jobName = try await scope.readModels.job(job)?.name }
        return Self.answer(
            RunListPage(
                runs: runs.items, next: scope.cursor(runs.next), filter: filter, isContinued: page.cursor != nil,
                workspaces: workspaces.items, jobName: jobName, position: position,
                now: try await time(of: scope), asOf: scope.asOf
            ).html)
    }

    private func run(_ request: HTTPRequest, _ scope: QueryScope) async throws -> HTTPResponse {
        let id: RunID = try request.id("run")
        let stream = StreamName(category: RunCodec.category, id: id.description)
        let events = try await store.readWholeStream(stream).filter { $0.seq <= scope.asOf ?? .max }
        let last = try QueryHandling.found(events.last, "run", id)
        // History and facts of one page should agree; when the read models lag, the page is renewed by what comes.
        _ = try await queries.readModels.wait(for: last.seq, in: [.run], timeout: .seconds(2))
        let view = try QueryHandling.found(try await scope.readModels.run(id), "run", id)
        var rows: [String] = []
        if let attempt = view.attempt, let result = view.result, result.rowCount > 0 {
            rows = try await attempts.rows(of: attempt, from: 0, limit: Self.rows)
        }
        return Self.answer(
            RunPage(
                run: view, events: events, rows: rows, epoch: try await store.epoch(), now: try await time(of: scope),
                asOf: scope.asOf
            ).html)
    }

    /// The time that a page is of: now, or when the last event that it shows was recorded.
    private func time(of scope: QueryScope) async throws -> Date {
        guard let seq = scope.asOf, seq > 0, let last = try await store.readAll(after: seq - 1, limit: 1).first else {
            return environment.now()
        }
        return last.recordedAt
    }

    private func audit(_ request: HTTPRequest, _ ledger: any LedgerStore) async throws -> HTTPResponse {
        let page = try request.page(cursor: request.query["cursor"])
        let found = try await ledger.checkpoints(page: page)
        return Self.answer(
            AuditPage(
                checkpoints: found.items, next: found.next, isContinued: page.cursor != nil,
                head: try await store.head()
            ).html)
    }

    private func workspaceList(_ request: HTTPRequest, _ scope: QueryScope) async throws -> HTTPResponse {
        let page = try await scope.readModels.workspaces(named: nil, page: scope.page(request))
        return Self.answer(
            WorkspaceListPage(workspaces: page.items, next: scope.cursor(page.next), asOf: scope.asOf).html)
    }

    private func workspace(_ request: HTTPRequest, _ scope: QueryScope) async throws -> HTTPResponse {
        let id: WorkspaceID = try request.id("workspace")
        let view = try QueryHandling.found(try await scope.readModels.workspace(id), "workspace", id)
        let all = PageRequest(limit: 200)
        let jobs = try await scope.readModels.jobs(in: id, named: nil, page: all)
        let connections = try await scope.readModels.connections(in: id, named: nil, page: all)
        return Self.answer(WorkspacePage(workspace: view, jobs: jobs, connections: connections, asOf: scope.asOf).html)
    }

    private func job(_ request: HTTPRequest, _ scope: QueryScope) async throws -> HTTPResponse {
        let id: JobID = try request.id("job")
        let position = LivePosition(seq: try await store.head(), epoch: try await store.epoch())
        let view = try QueryHandling.found(try await scope.readModels.job(id), "job", id)
        let workspace = try await scope.readModels.workspace(view.workspace)
        let connection = try await scope.readModels.connection(view.definition.connection)
        let runs = try await scope.readModels.runs(matching: RunFilter(job: id), page: PageRequest(limit: 10))
        return Self.answer(
            JobPage(
                job: view, workspace: workspace, connection: connection, runs: runs.items,
                position: position, now: try await time(of: scope), key: environment.makeUUID(), asOf: scope.asOf
            ).html)
    }
}

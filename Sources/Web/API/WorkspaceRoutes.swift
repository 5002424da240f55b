import API
import ControlPlane
import Cryptography
import Domain
import FoundationEssentials
import HTTPServer

/// Workspaces, and what is in them.
struct WorkspaceRoutes: Sendable {
    let commands: CommandHandling
    let queries: QueryHandling
    let workspaces: WorkspaceCommands
    let connections: ConnectionCommands
    let jobs: JobCommands

    func register(on router: inout Router) {
        registerWorkspaces(on: &router)
        registerConnections(on: &router)
        registerJobs(on: &router)
    }

    private func registerWorkspaces(on router: inout Router) {
        router.onCommand(
            Endpoints.createWorkspace,
            commands.handler(status: .created, location: { Endpoints.getWorkspace.path($0) }) { _, body, context in
                let name = body.requiredString("name")
                let description = body.string("description") ?? ""
                try body.finish()
                return try await workspaces.create(name: name, description: description, context: context)
            })
        router.on(
            Endpoints.listWorkspaces,
            queries.handler("name", "limit", "cursor", reading: [.workspace]) { request, scope in
                let page = try await scope.readModels.workspaces(
                    named: request.query["name"], page: try scope.page(request))
                return try QueryHandling.json(List(page, scope) { WorkspaceResource($0) })
            })
        router.on(
            Endpoints.getWorkspace,
            queries.handler(reading: [.workspace]) { request, scope in
                let id: WorkspaceID = try request.id("workspace")
                let view = try QueryHandling.found(try await scope.readModels.workspace(id), "workspace", id)
                return try QueryHandling.json(WorkspaceResource(view), version: view.version)
            })
    }

    /// - Throws: A `Problem` when there is no such workspace: its lists would look as if they were empty.
    private func existingWorkspace(_ request: HTTPRequest, _ scope: QueryScope) async throws -> WorkspaceID {
        let id: WorkspaceID = try request.id("workspace")
        _ = try QueryHandling.found(try await scope.readModels.workspace(id), "workspace", id)
        return id
    }

    private func registerConnections(on router: inout Router) {
        router.onCommand(
            Endpoints.createConnection,
            commands.handler(status: .created, location: { Endpoints.getConnection.path($0) }) {
                request, body, context in
                let workspace: WorkspaceID = try request.id("workspace")
                let name = body.requiredString("name")
                let settings = body.connectionSettings()
                let password = body.password()
                return try await connections.create(
                    in: workspace, name: name, settings: try body.finish(settings),
                    password: password.map { Secret($0) },
                    context: context)
            })
        router.on(
            Endpoints.listConnections,
            queries.handler("name", "limit", "cursor", reading: [.workspace, .connection]) { request, scope in
                let page = try await scope.readModels.connections(
                    in: try await existingWorkspace(request, scope), named: request.query["name"],
                    page: try scope.page(request))
                return try QueryHandling.json(List(page, scope) { ConnectionResource($0) })
            })
        router.on(
            Endpoints.getConnection,
            queries.handler(reading: [.connection]) { request, scope in
                let id: ConnectionID = try request.id("connection")
                let view = try QueryHandling.found(try await scope.readModels.connection(id), "connection", id)
                return try QueryHandling.json(ConnectionResource(view), version: view.version)
            })
        router.on(Endpoints.checkConnection) { request in
            try await commands.noting(request) {
                try CommandHandling.body(of: request).finish()
                let (receipt, found) = try await connections.check(
                    try request.id("connection"), context: try CommandHandling.context(of: request))
                let answer = ConnectionCheckAnswer(
                    id: "\(receipt.id)", seq: receipt.seq, version: receipt.version, check: ConnectionCheck(found))
                let json = String(decoding: try WireFormat.encoder().encode(answer), as: UTF8.self)
                return CommandHandling.response(json, receipt: receipt, status: .ok, location: nil)
            }
        }
    }

    private func registerJobs(on router: inout Router) {
        router.onCommand(
            Endpoints.createJob,
            commands.handler(status: .created, location: { Endpoints.getJob.path($0) }) { request, body, context in
                let workspace: WorkspaceID = try request.id("workspace")
                let name = body.requiredString("name")
                let definition = body.jobDefinition()
                return try await jobs.create(
                    in: workspace, name: name, definition: try body.finish(definition), context: context)
            })
        router.onCommand(
            Endpoints.publishJobVersion,
            commands.handler(status: .ok) { request, body, context in
                let definition = try body.finish(body.jobDefinition())
                return try await jobs.publishVersion(of: try request.id("job"), definition, context: context)
            })
        router.on(
            Endpoints.listJobs,
            queries.handler("name", "limit", "cursor", reading: [.workspace, .job]) { request, scope in
                let page = try await scope.readModels.jobs(
                    in: try await existingWorkspace(request, scope), named: request.query["name"],
                    page: try scope.page(request))
                return try QueryHandling.json(List(page, scope) { JobResource($0) })
            })
        router.on(
            Endpoints.getJob,
            queries.handler(reading: [.job]) { request, scope in
                let id: JobID = try request.id("job")
                let view = try QueryHandling.found(try await scope.readModels.job(id), "job", id)
                return try QueryHandling.json(JobResource(view), version: view.version)
            })
    }
}

extension Router {
    /// Adds a command of the API that decides little and waits for the log.
    mutating func onCommand<Request, Response>(_ endpoint: Endpoint<Request, Response>, _ handler: @escaping Handler) {
        on(endpoint, isBrief: true, handler)
    }

    /// Adds an operation of the API.
    mutating func on<Request, Response>(
        _ endpoint: Endpoint<Request, Response>, isBrief: Bool = false, _ handler: @escaping Handler
    ) {
        let method: HTTPMethod =
            switch endpoint.method {
            case .get: .get
            case .post: .post
            }
        on(method, endpoint.template, isBrief: isBrief, handler)
    }
}

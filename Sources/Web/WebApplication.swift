import API
package import ControlPlane
import Domain
package import EventSourcing
import FoundationEssentials
package import HTTPServer
package import Telemetry

/// Everything that is answered over HTTP: the API, the pages, and what tells how the process is.
package struct WebApplication: Sendable {
    /// What the routes need.
    package struct Dependencies: Sendable {
        package var workspaces: WorkspaceCommands
        package var connections: ConnectionCommands
        package var jobs: JobCommands
        package var runs: RunCommands
        package var refusals: RefusalLog
        package var events: any EventStore
        package var attempts: any AttemptStore
        package var readModels: any ReadModels
        /// The log's evidence; nil leaves its routes out.
        package var ledger: (any LedgerStore)?
        package var environment: Environment
        /// Where a proxy in front of the server is reached; nil when there is none.
        package var publicOrigin: PublicOrigin?
        /// What must work for the process to be ready, each with a name; throws what is wrong.
        package var readiness: [(name: String, check: @Sendable () async throws -> Void)]
        /// Whether the log has its first event; until then nothing but the process's health is told.
        package var hasLog: @Sendable () -> Bool
        /// Whether an adapter's error means that what it speaks to cannot be reached: answered 503, not 500.
        package var isOutage: @Sendable (any Error) -> Bool

        package init(
            workspaces: WorkspaceCommands, connections: ConnectionCommands, jobs: JobCommands, runs: RunCommands,
            refusals: RefusalLog, events: any EventStore, attempts: any AttemptStore, readModels: any ReadModels,
            ledger: (any LedgerStore)? = nil, environment: Environment, publicOrigin: PublicOrigin? = nil,
            readiness: [(name: String, check: @Sendable () async throws -> Void)],
            hasLog: @escaping @Sendable () -> Bool = { true },
            isOutage: @escaping @Sendable (any Error) -> Bool = { _ in false }
        ) {
            self.workspaces = workspaces
            self.connections = connections
            self.jobs = jobs
            self.runs = runs
            self.refusals = refusals
            self.events = events
            self.attempts = attempts
            self.readModels = readModels
            self.ledger = ledger
            self.environment = environment
            self.publicOrigin = publicOrigin
            self.readiness = readiness
            self.hasLog = hasLog
            self.isOutage = isOutage
        }
    }

    private let dependencies: Dependencies
    private let log: Log
    private let isForHealthOnly: Bool

    /// - Parameter isForHealthOnly: Whether only `/healthz` and `/readyz` are answered: the process has other roles.
    package init(_ dependencies: Dependencies, log: Log, isForHealthOnly: Bool = false) {
        self.dependencies = dependencies
        self.log = log
        self.isForHealthOnly = isForHealthOnly
    }

    /// The table of routes, as tests ask it without a network.
    package var routes: RouteTable { RouteTable(router, failures: failures) }

    /// Renders what the server answers in a handler's stead: problem details for every failure.
    package var failures: FailureResponder {
        let log = log
        let environment = dependencies.environment
        return { failure, request in
            // A handler that was cut had met the middleware. What the server refuses has not, and may not have been
            // understood at all.
            let identity = request.map { $0.identity ?? RequestIdentity($0, environment: environment) }
            let requestID = identity?.requestID ?? environment.makeUUID().lowercasedText
            return Self.respond(to: failure, request, requestID: requestID, log)
        }
    }

    /// All routes, with what stands around them.
    package var router: Router {
        var router = Router()
        let environment = dependencies.environment
        let commands = CommandHandling(refusals: dependencies.refusals)
        let log = log
        let isOutage = dependencies.isOutage
        let hasLog = dependencies.hasLog
        let edge = LoopbackGuard(publicOrigin: dependencies.publicOrigin)
        router.use { request, next in
            let identity = RequestIdentity(request, environment: environment)
            request.identity = identity
            do {
                guard hasLog() || HealthRoutes.paths.contains(request.path) else {
                    throw EventStoreError.unavailable("its database has not been reached yet")
                }
                var response = try await commands.guarding(request, by: edge, next)
                response.fields["X-Request-Id"] = identity.requestID
                SecurityFields.add(to: &response.fields)
                return response
            } catch {
                let problem =
                    Problem(error) ?? (isOutage(error) ? Problem(EventStoreError.unavailable("\(error)")) : nil)
                if let problem { return problem.response(to: request, requestID: identity.requestID) }
                if error is CancellationError, Task.isCancelled { throw error }
                return Self.respond(to: .handlerFailed(error), request, requestID: identity.requestID, log)
            }
        }
        register(on: &router)
        return router
    }

    private func register(on router: inout Router) {
        HealthRoutes(readiness: dependencies.readiness).register(on: &router)
        if isForHealthOnly { return }
        let commands = CommandHandling(refusals: dependencies.refusals)
        let queries = QueryHandling(dependencies)
        WorkspaceRoutes(
            commands: commands, queries: queries, workspaces: dependencies.workspaces,
            connections: dependencies.connections, jobs: dependencies.jobs
        ).register(on: &router)
        RunRoutes(
            commands: commands, queries: queries, runs: dependencies.runs, events: dependencies.events
        ).register(on: &router)
        ResultRoutes(queries: queries, attempts: dependencies.attempts).register(on: &router)
        EventRoutes(events: dependencies.events).register(on: &router)
        if let ledger = dependencies.ledger {
            let exports = LedgerExports(
                ledger: ledger, transactor: Transactor(store: dependencies.events),
                environment: dependencies.environment)
            AuditRoutes(ledger: ledger, exports: exports).register(on: &router)
        }
        PageRoutes(dependencies).add(to: &router)
    }

    /// What is answered when no handler does.
    private static func respond(
        to failure: HTTPFailure, _ request: HTTPRequest?, requestID: String, _ log: Log
    ) -> HTTPResponse {
        if case .handlerFailed(let error) = failure {
            log.error(
                "a request failed",
                ["request": requestID, "route": request?.route ?? "", "error": "\(error)"])
        }
        if failure.leavesOutcomeUnknown, request?.method.isSafe == false {
            return Problem(outcomeUnknown: failure.publicReason).response(to: request, requestID: requestID)
        }
        let status = failure.status
        let code = status.reasonPhrase.lowercased().map { $0 == " " ? "-" : $0 }
        return Problem(
            status: status.code, code: String(code), title: status.reasonPhrase,
            detail: failure.publicReason ?? Self.hint(status)
        ).response(to: request, requestID: requestID)
    }

    private static func hint(_ status: HTTPStatus) -> String? {
        switch status {
        case .notFound: "there is nothing at this address"
        case .methodNotAllowed: "the field Allow tells which methods there are"
        case .internalServerError: "the failure is Weir's; the server's log tells more under the trace id"
        default: nil
        }
    }
}

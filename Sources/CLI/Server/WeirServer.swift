import ControlPlane
import Engines
import EventSourcing
import Foundation
import HTTPClient
import HTTPServer
import Persistence
import Postgres
import Synchronization
import Telemetry
import Web

/// All roles of Weir in one process: the composition root.
struct WeirServer: Sendable {
    private let settings: ServeSettings
    private let store: PostgresEventStore
    private let beginning: LogBeginning
    private let readModels: PostgresReadModels
    private let projections: PostgresProjectionStore
    private let projector: ProjectionRunner
    private let saga: SagaRunner
    private let sealer: Sealer?
    private let server: Server
    private let pool: PostgresPool
    private let leasePool: PostgresPool

    init(_ settings: ServeSettings) throws {
        self.settings = settings
        let environment = ControlPlane.Environment.live
        let owner = "\(ProcessInfo.processInfo.hostName)/\(getpid())/\(environment.makeUUID())"
        let configuration = PostgresConfiguration(
            uri: settings.databaseURL, keywords: ["application_name": "weir"],
            settings: ["search_path": "public", "statement_timeout": "30s"])
        pool = PostgresPool(configuration, limits: .init(connections: 12))
        store = PostgresEventStore(configuration, pool: pool)
        readModels = PostgresReadModels(configuration, pool: pool)
        // Leases are renewed also when everyone waits for a connection.
        leasePool = PostgresPool(configuration, limits: .init(connections: 2))
        let leases = PostgresLeaseStore(pool: leasePool)
        let secrets = PostgresSecretStore(pool: pool, key: settings.key.key)
        let attempts = PostgresAttemptStore(pool: pool, key: settings.key.key)
        let transactor = Transactor(store: store)
        let beginning = LogBeginning(
            StoreInitialisation(transactor: transactor, migration: Migrator.latest), log: settings.log)
        self.beginning = beginning
        // Users name the addresses: networks of their own are theirs to use, the host's and the cloud's services are not.
        var engineClient = Client.Configuration()
        engineClient.addressPolicy = .refusingLinkLocal
        let engines = EngineDirectory(
            engines: [
                PostgresEngine(addressPolicy: engineClient.addressPolicy), TrinoEngine(http: try Client(engineClient)),
            ], transactor: transactor, secrets: secrets)
        projections = try PostgresProjectionStore(pool: pool, onAdvance: readModels.note)
        projector = ProjectionRunner(
            events: store, projections: projections, leases: leases, owner: owner,
            log: settings.log)
        saga = SagaRunner(
            transactor: transactor, readModels: readModels, engines: engines, attempts: attempts, leases: leases,
            environment: environment, owner: owner, limit: settings.maximumRuns, log: settings.log)
        let ledger = PostgresLedgerStore(pool: pool)
        let (events, log) = (store, settings.log)
        sealer = settings.sealing.plan.map { plan in
            Sealer(
                events: events, ledger: ledger, leases: leases, plan: plan, witness: settings.sealing.witness,
                owner: owner, log: log)
        }
        let application = WebApplication(
            .init(
                workspaces: WorkspaceCommands(transactor: transactor, environment: environment),
                connections: ConnectionCommands(
                    transactor: transactor, environment: environment, secrets: secrets, engines: engines),
                jobs: JobCommands(transactor: transactor, environment: environment),
                runs: RunCommands(transactor: transactor, environment: environment),
                refusals: RefusalLog(transactor: transactor, environment: environment), events: store,
                attempts: attempts, readModels: readModels, ledger: ledger, environment: environment,
                publicOrigin: settings.publicOrigin, readiness: Self.readiness(store, readModels),
                hasLog: { beginning.hasBegun }, isOutage: Self.isOutage), log: settings.log,
            isForHealthOnly: !settings.roles.contains(.api))
        let notices = NoticeLog(log)
        server = try Server(
            configuration: HTTPServer.Configuration(host: settings.listen.host, port: settings.listen.port),
            router: application.router, failures: application.failures
        ) { notices.add($0) }
    }

    /// Whether the database could not be reached, rather than did not like what it was asked.
    private static func isOutage(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return switch error {
        case .notConnected, .connectionLost, .closed, .poolExhausted, .poolTimeout: true
        // Class 57P: the server is being stopped or started.
        case .server(let error): error.sqlState.hasPrefix("57P")
        case .decoding, .unsupported, .cancelled: false
        }
    }

    private static func readiness(
        _ store: PostgresEventStore, _ readModels: PostgresReadModels
    ) -> [(name: String, check: @Sendable () async throws -> Void)] {
        [
            ("log", { _ = try await store.head() }),
            (
                "read models",
                {
                    let head = try await store.head()
                    guard try await readModels.wait(for: head, timeout: .seconds(1)) else { throw ReadModelsBehind() }
                }
            ),
        ]
    }

    /// Serves until a signal asks for the end, or a part cannot go on.
    ///
    /// - Throws: What the part that could not go on has thrown, `SchemaMissing`, or `ProjectionFileError`: with a mistake
    ///   in a read model nothing is served.
    func run() async throws {
        try await checkProjections()
        let signals = TerminationSignals()
        let failure = try await beginning.attempt()
        settings.log.info("answers at http://\(settings.listen.host):\(server.port)", ["pid": "\(getpid())"])
        if settings.roles.contains(.sealer), sealer == nil {
            settings.log.warning("no checkpoints are signed: --checkpoint-key-file names no key")
        }
        let ending = ServerEnding(log: settings.log) { server.beginStop() }
        try await withThrowingTaskGroup { group in
            group.addTask {
                await ending.watch("the log cannot begin") {
                    if let failure { try await beginning.wait(after: failure) }
                    await runParts(ending)
                }
            }
            group.addTask {
                await signals.wait()
                settings.log.info("stops: answers that are under way are given")
                server.beginStop()
            }
            // The server ends last of what a client sees: the others go on until it has.
            try await withThrowingTaskGroup { serving in
                serving.addTask { try await server.run() }
                try await serving.next()
            }
            group.cancelAll()
        }
        store.close()
        projections.close()
        pool.close()
        leasePool.close()
        try ending.check()
    }

    /// Runs what goes on beside the answers, until the task is cancelled.
    private func runParts(_ ending: ServerEnding) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                // Nothing that this process knows of the log can be trusted any more.
                await ending.watch("the log is not the one that it began with") { try await store.run() }
            }
            group.addTask {
                await ending.watch("it cannot be seen how far the read models are") { try await readModels.run() }
            }
            if settings.roles.contains(.projector) {
                group.addTask {
                    await ending.watch("the read models cannot be kept up") { try await projector.run() }
                }
            }
            if settings.roles.contains(.saga) {
                group.addTask { await ending.watch("runs cannot be driven") { try await saga.run() } }
            }
            if settings.roles.contains(.sealer), let sealer {
                group.addTask { await ending.watch("the log cannot be sealed") { try await sealer.run() } }
            }
        }
    }
}

extension WeirServer {
    private func checkProjections() async throws {
        do {
            try await projections.check()
        } catch let error as ProjectionFileError {
            throw error
        } catch {
            // The database cannot be reached yet, or is not migrated: what follows says which, and the projector checks
            // again.
            settings.log.debug("the read models could not be checked yet", ["error": "\(error)"])
        }
    }
}

/// The read models have not taken in all of the log.
struct ReadModelsBehind: Error, CustomStringConvertible {
    let description = "they are behind the log"
}

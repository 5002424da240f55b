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
    private let initialisation: StoreInitialisation
    private let readModels: PostgresReadModels
    private let projections: PostgresProjectionStore
    private let projector: ProjectionRunner
    private let saga: SagaRunner
    private let sealer: Sealer?
    private let server: Server
    private let pool: PostgresPool

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
        let leases = PostgresLeaseStore(pool: pool)
        let secrets = PostgresSecretStore(pool: pool, key: settings.key.key)
        let attempts = PostgresAttemptStore(pool: pool, key: settings.key.key)
        let transactor = Transactor(store: store)
        initialisation = StoreInitialisation(transactor: transactor, migration: Migrator.latest)
        // Users name the addresses: networks of their own are theirs to use, the host's and the cloud's services are not.
        var engineClient = Client.Configuration()
        engineClient.addressPolicy = .refusingLinkLocal
        let engines = EngineDirectory(
            engines: [
                PostgresEngine(addressPolicy: engineClient.addressPolicy), TrinoEngine(http: try Client(engineClient)),
            ], transactor: transactor, secrets: secrets)
        projections = try PostgresProjectionStore(pool: pool)
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
                readiness: Self.readiness(store, readModels), isOutage: Self.isOutage), log: settings.log,
            isForHealthOnly: !settings.roles.contains(.api))
        server = try Server(
            configuration: HTTPServer.Configuration(host: settings.listen.host, port: settings.listen.port),
            router: application.router, failures: application.failures
        ) { notice in log.debug("http", ["notice": "\(notice)"]) }
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
    func run() async throws {
        try await checkProjections()
        let signals = TerminationSignals()
        // The log's first event, before any other.
        let epoch = try await initialisation.run()
        settings.log.info("has a log", ["store_epoch": "\(epoch)"])
        settings.log.info("answers at http://\(settings.listen.host):\(server.port)", ["pid": "\(getpid())"])
        // Why the process ends by itself; what its parts say when they are stopped for it does not matter.
        let end = EndReason()
        try await withThrowingTaskGroup { group in
            group.addTask {
                do {
                    try await store.run()
                } catch let error as EventStoreError {
                    // Nothing that this process knows of the log can be trusted any more.
                    settings.log.error("stops: the log is not the one that it began with", ["error": "\(error)"])
                    end.error.withLock { $0 = error }
                    server.beginStop()
                }
            }
            group.addTask { try await readModels.run() }
            if settings.roles.contains(.projector) { group.addTask { try await projector.run() } }
            if settings.roles.contains(.saga) { group.addTask { try await saga.run() } }
            if settings.roles.contains(.sealer) {
                if let sealer {
                    group.addTask { try await sealer.run() }
                } else {
                    settings.log.warning("no checkpoints are signed: --checkpoint-key-file names no key")
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
            do {
                try await group.waitForAll()
            } catch {
                // Cancellation was asked for.
                if end.isUnknown, !(error is CancellationError) { throw error }
            }
        }
        store.close()
        pool.close()
        if let error = end.error.withLock({ $0 }) { throw error }
    }
}

extension WeirServer {
    /// - Throws: `ProjectionFileError`: with a mistake in a read model nothing is served.
    private func checkProjections() async throws {
        do {
            try await projections.check()
        } catch let error as ProjectionFileError {
            throw error
        } catch {
            // The database cannot be reached yet, or is not migrated: readiness tells, and the projector tries again.
            settings.log.warning("the read models could not be checked yet", ["error": "\(error)"])
        }
    }
}

/// Why a process ends by itself.
private final class EndReason: Sendable {
    let error = Mutex<EventStoreError?>(nil)

    var isUnknown: Bool { error.withLock { $0 == nil } }
}

/// The read models have not taken in all of the log.
struct ReadModelsBehind: Error, CustomStringConvertible {
    let description = "they are behind the log"
}

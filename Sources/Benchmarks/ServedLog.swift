import ControlPlane
import EventSourcing
import Persistence
import Postgres
import Telemetry

/// A log whose read models are kept up by a projector, as `weir serve` does it.
struct ServedLog: Sendable {
    let store: PostgresEventStore
    let readModels: PostgresReadModels
    let projections: PostgresProjectionStore

    /// Runs `work` while the read models are kept up.
    static func run<Value: Sendable>(
        serviceURL: String, _ work: (ServedLog) async throws -> Value
    ) async throws -> Value {
        let configuration = PostgresConfiguration(uri: serviceURL)
        let pool = PostgresPool(configuration)
        defer { pool.close() }
        let readModels = PostgresReadModels(configuration, pool: pool)
        let log = ServedLog(
            store: PostgresEventStore(configuration, pool: pool), readModels: readModels,
            projections: try PostgresProjectionStore(pool: pool, onAdvance: readModels.note))
        defer {
            log.store.close()
            log.projections.close()
        }
        let runner = ProjectionRunner(
            events: log.store, projections: log.projections, leases: PostgresLeaseStore(pool: pool), owner: "bench",
            log: .silent)
        return try await withThrowingTaskGroup { group in
            group.addTask { try await log.store.run() }
            group.addTask { try await log.readModels.run() }
            group.addTask { try await runner.run() }
            let value = try await work(log)
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            return value
        }
    }
}

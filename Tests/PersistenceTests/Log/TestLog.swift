import EventSourcing
import Foundation
import Postgres
import Synchronization
import TestSupport

@testable import Persistence

/// A migrated database of one test with an empty log, and any number of stores on it, each as another process has it.
final class TestLog: Sendable {
    let administrator: PostgresConfiguration
    /// As the service's role.
    let service: PostgresConfiguration
    private let opened = Mutex<[(store: PostgresEventStore, pool: PostgresPool)]>([])

    private init(administrator: PostgresConfiguration, service: PostgresConfiguration) {
        self.administrator = administrator
        self.service = service
    }

    static func with<Value: Sendable>(_ work: (TestLog) async throws -> Value) async throws -> Value {
        try await withScratchDatabase { administrator in
            let log = try await migrated(administrator)
            defer { log.close() }
            return try await work(log)
        }
    }

    /// Migrates a database of any server.
    static func migrated(_ administrator: PostgresConfiguration) async throws -> TestLog {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        try await connection.makeRole("weir", password: "only-for-tests")
        _ = try await Migrator(administrator, serviceRole: "weir").migrate()
        var service = administrator
        service.settings["role"] = "weir"
        return TestLog(administrator: administrator, service: service)
    }

    func makePool() -> PostgresPool { PostgresPool(service, limits: .init(connections: 2, timeout: .seconds(600))) }

    func makeStore(
        _ limits: EventStoreLimits = EventStoreLimits(), lockTimeout: Duration = .seconds(10)
    ) -> PostgresEventStore {
        let pool = makePool()
        let store = PostgresEventStore(service, pool: pool, limits: limits, lockTimeout: lockTimeout)
        opened.withLock { $0.append((store, pool)) }
        return store
    }

    func close() {
        for (store, pool) in opened.withLock({ $0 }) {
            store.close()
            pool.close()
        }
    }

    /// Runs statements as the schema's owner.
    func asOwner<Value: Sendable>(_ work: (PostgresConnection) async throws -> Value) async throws -> Value {
        let connection = try await PostgresConnection.connect(administrator)
        defer { connection.close() }
        return try await work(connection)
    }

    /// Makes partitions of so many events, before anything is recorded.
    func setPartitionSize(_ size: Int64) async throws {
        try await asOwner { owner in
            try await owner.execute(
                script: """
                    DO $$ DECLARE name text; BEGIN
                        FOR name IN SELECT inhrelid::regclass::text FROM pg_inherits
                            WHERE inhparent = 'event_log'::regclass
                        LOOP EXECUTE format('DROP TABLE %s', name); END LOOP;
                    END $$;
                    UPDATE log_store SET partition_size = \(size);
                    SELECT prepare_partitions();
                    """)
        }
    }

    static func request(
        _ id: String, _ expected: ExpectedVersion = .any, events: Int = 1, key: IdempotencyKey? = nil,
        bytes: Int = 0
    ) -> AppendRequest {
        let payload = "{\"filling\":\"\(String(repeating: "x", count: bytes))\"}"
        return AppendRequest(
            writes: [
                StreamWrite(
                    stream: StreamName(category: "thing", id: id), expected: expected,
                    events: Array(
                        repeating: EncodedEvent(type: "thing.happened", schemaVersion: 1, payload: payload),
                        count: events))
            ], idempotency: key, metadata: EventMetadata(actor: "user:ada"))
    }
}

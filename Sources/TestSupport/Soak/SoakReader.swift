import EventSourcing
import Persistence
import Postgres
import Synchronization

/// A reader of the whole log that goes on through every failure of server and connection.
package final class SoakReader: Sendable {
    /// How a reader learns of news.
    package enum Way: String, Sendable, CaseIterable {
        /// By asking, again and again.
        case polling
        /// By being told.
        case listening
    }

    private let way: Way
    private let store: PostgresEventStore
    private let pool: PostgresPool
    private let check = Mutex(ReadingCheck())

    /// How long it does nothing after it found nothing, or failed.
    private static let pause = Duration.milliseconds(20)

    init(_ way: Way, _ configuration: PostgresConfiguration) {
        self.way = way
        pool = PostgresPool(configuration, limits: .init(connections: 2))
        store = PostgresEventStore(configuration, pool: pool)
    }

    /// How far it has come.
    package var cursor: Int64 { check.withLock { $0.cursor } }

    package var seen: ReadingCheck { check.withLock { $0 } }

    /// Reads until the task is cancelled.
    ///
    /// - Throws: `Anomaly`.
    func run() async throws {
        defer {
            store.close()
            pool.close()
        }
        try await withThrowingTaskGroup { group in
            if way == .listening { group.addTask { [store] in try await store.run() } }
            group.addTask { [self] in try await read() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func read() async throws {
        while true {
            do {
                let page = try await store.readAll(after: cursor, limit: PostgresEventStore.maximumPage)
                try check.withLock { check throws(Anomaly) in try check.take(page) }
                if !page.isEmpty { continue }
                switch way {
                case .polling: try await Task.sleep(for: Self.pause)
                case .listening: try await store.waitForEvents(after: cursor, timeout: .seconds(30))
                }
            } catch is EventStoreError {
                // The server is away for a moment, or the connection was cut.
                try await Task.sleep(for: Self.pause)
            }
        }
    }
}

import EventSourcing
import Synchronization

/// A store in which something happens directly before an append, as when another process is faster.
final class InterruptedStore: EventStore {
    private let store: MemoryEventStore
    private let interruption: @Sendable (MemoryEventStore, Int) async throws -> Void
    private let appends = Mutex(0)

    /// - Parameter interruption: Gets the store and the number of the append that follows, from 1.
    init(
        _ store: MemoryEventStore, before interruption: @escaping @Sendable (MemoryEventStore, Int) async throws -> Void
    ) {
        self.store = store
        self.interruption = interruption
    }

    /// How many appends were tried.
    var attempts: Int { appends.withLock { $0 } }

    func append(_ request: AppendRequest) async throws -> AppendOutcome {
        let number = appends.withLock { appends in
            appends += 1
            return appends
        }
        try await interruption(store, number)
        return try await store.append(request)
    }

    func readStream(_ stream: StreamName, after version: Int, limit: Int) async throws -> [EventEnvelope] {
        try await store.readStream(stream, after: version, limit: limit)
    }

    func readAll(after seq: Int64, limit: Int) async throws -> [EventEnvelope] {
        try await store.readAll(after: seq, limit: limit)
    }

    func head() async throws -> Int64 { try await store.head() }

    func epoch() async throws -> StoreEpoch { try await store.epoch() }

    func receipt(for key: IdempotencyKey) async throws -> AppendOutcome? { try await store.receipt(for: key) }

    func waitForEvents(after seq: Int64, timeout: Duration) async throws {
        try await store.waitForEvents(after: seq, timeout: timeout)
    }
}

import EventSourcing
package import Foundation
import Persistence
package import Postgres

/// Some of the writers of a soak, in a process of their own (the program `Soak`), which may be killed at any instant.
package struct SoakWriters: Sendable {
    private let configuration: PostgresConfiguration
    /// Their numbers, which no other writers of the log have, those that were killed included.
    private let numbers: Range<Int>
    private let seed: UInt64
    private let acknowledgements: FileHandle

    /// How long a writer waits before it sends again what may not have been recorded.
    private static let pause = Duration.milliseconds(50)

    /// - Parameter acknowledgements: A line for each request that was answered, written before the next one is sent.
    package init(
        _ configuration: PostgresConfiguration, numbers: Range<Int>, seed: UInt64, acknowledgements: FileHandle
    ) {
        self.configuration = configuration
        self.numbers = numbers
        self.seed = seed
        self.acknowledgements = acknowledgements
    }

    /// Writes until the process is killed.
    ///
    /// - Throws: `Anomaly` when the log answers what it must not.
    package func run() async throws {
        let pool = PostgresPool(configuration, limits: .init(connections: 2))
        let store = PostgresEventStore(configuration, pool: pool)
        try await withThrowingTaskGroup { group in
            for number in numbers { group.addTask { try await write(to: store, as: number) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func write(to store: PostgresEventStore, as number: Int) async throws {
        var shape = SampleHistory.Shape()
        shape.workspaces = 1
        // From commands that come one by one to as many as a request takes.
        shape.eventsPerRequest = [1, 4, 20, AppendRequest.maximumEvents][number % 4]
        var history = SampleHistory(seed: seed, writer: number, shape: shape)
        var random = SeededGenerator(seed: seed &+ UInt64(number))
        var count = 0
        while var request = history.next() {
            let key = "\(number)-\(count)"
            count += 1
            request.idempotency = IdempotencyKey(scope: "soak", key: key, fingerprint: Array(key.utf8))
            request.metadata.idempotencyKey = key
            let receipt = try await send(request, copies: random.chance(5) ? 2 : 1, to: store)
            try acknowledgements.write(contentsOf: Data("\(key) \(receipt.firstSeq) \(receipt.lastSeq)\n".utf8))
        }
    }

    /// Sends a request once, or, as an impatient client does, twice at the same time.
    private func send(_ request: AppendRequest, copies: Int, to store: PostgresEventStore) async throws -> AppendReceipt
    {
        let receipts = try await withThrowingTaskGroup(of: AppendReceipt.self) { group in
            for _ in 0..<copies {
                group.addTask { try await send(request, isRepeated: copies > 1, to: store) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        guard receipts.count == 1, let receipt = receipts.first else {
            throw Anomaly("two answers to one request: \(receipts)")
        }
        return receipt
    }

    /// Sends a request until it is known to be recorded.
    private func send(
        _ request: AppendRequest, isRepeated: Bool, to store: PostgresEventStore
    ) async throws -> AppendReceipt {
        var isRepeated = isRepeated
        while true {
            do {
                switch try await store.append(request) {
                case .appended(let receipt): return receipt
                case .duplicate(let receipt) where isRepeated: return receipt
                case let outcome: throw Anomaly("\(request.metadata.idempotencyKey ?? "") was answered \(outcome)")
                }
            } catch is EventStoreError {
                isRepeated = true
                try await Task.sleep(for: Self.pause)
            }
        }
    }
}

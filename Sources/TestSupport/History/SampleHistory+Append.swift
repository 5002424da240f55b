package import EventSourcing
package import FoundationEssentials

extension SampleHistory {
    /// Fills a log with at least so many events, by several writers at a time, each a history of its own.
    ///
    /// - Parameters:
    ///   - begins: Where its clock begins: after the end of what the log holds already, since ids rise with time.
    ///   - progress: Told how many events each request added.
    /// - Throws: `SampleRefused` when the log takes one of them otherwise than as new, and what the store throws.
    package static func append(
        _ events: Int, to store: any EventStore, seed: UInt64 = 1, writers: Int = 4, firstWriter: Int = 0,
        eventsPerRequest: Int = AppendRequest.maximumEvents, begins: Date = Shape().begins,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        var shape = Shape()
        shape.eventsPerRequest = eventsPerRequest
        shape.begins = begins
        try await withThrowingTaskGroup { [shape] group in
            for writer in 0..<writers {
                group.addTask {
                    var history = SampleHistory(seed: seed, writer: firstWriter + writer, shape: shape)
                    var left = (events + writers - 1) / writers
                    while left > 0, let request = history.next() {
                        let outcome = try await store.append(request)
                        guard case .appended(let receipt) = outcome else { throw SampleRefused(outcome: outcome) }
                        let count = Int(receipt.lastSeq - receipt.firstSeq) + 1
                        left -= count
                        progress(count)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The log did not take a request of a sample history.
package struct SampleRefused: Error, Sendable {
    package let outcome: AppendOutcome
}

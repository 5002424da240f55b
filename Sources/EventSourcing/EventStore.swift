/// The append-only log, as the core sees it.
///
/// Lock order = commit order = seq order: whoever has read up to seq N and reads on with `seq > N` misses nothing.
/// Implementations pass `EventStoreContract` (TestSupport).
package protocol EventStore: Sendable {
    /// Records all of a request or nothing of it.
    ///
    /// - Throws: `EventStoreError`; after `.outcomeUnknown` the request may have been recorded.
    func append(_ request: AppendRequest) async throws -> AppendOutcome

    /// The events of one stream after `version`, in order; at most `limit` (1 to 1,000).
    func readStream(_ stream: StreamName, after version: Int, limit: Int) async throws -> [EventEnvelope]

    /// The events of the whole log after `seq`, in order; at most `limit` (1 to 1,000).
    func readAll(after seq: Int64, limit: Int) async throws -> [EventEnvelope]

    /// The seq of the last recorded event; 0 when there is none.
    func head() async throws -> Int64

    /// The receipt of the request that was recorded under this key, nil when there is none.
    ///
    /// - Returns: `.duplicate` or `.keyReused`.
    func receipt(for key: IdempotencyKey) async throws -> AppendOutcome?

    /// Returns as soon as the log may hold events after `seq`, or when `timeout` has passed.
    func waitForEvents(after seq: Int64, timeout: Duration) async throws
}

/// Why the log could not answer.
package enum EventStoreError: Error, Hashable, Sendable {
    /// The request is larger than the log takes; the text names the bound.
    case tooLarge(String)
    /// Too many requests wait already. Nothing was recorded.
    case overloaded
    /// The log cannot be reached. Nothing was recorded.
    case unavailable(String)
    /// The connection was lost while the request was under way: it may have been recorded.
    case outcomeUnknown(String)
    /// What is stored cannot be read; the text says what and where.
    case corrupt(String)
}

extension EventStore {
    /// The most events that one read returns.
    package static var maximumPage: Int { 1_000 }

    /// All events of one stream, read page by page. Streams are bounded, so the answer is.
    package func readWholeStream(_ stream: StreamName) async throws -> [EventEnvelope] {
        var events: [EventEnvelope] = []
        while true {
            let page = try await readStream(stream, after: events.count, limit: Self.maximumPage)
            events += page
            if page.count < Self.maximumPage { return events }
        }
    }
}

package import FoundationEssentials

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

    /// Looks at the next `limit` (1 to 1,000) events of the whole log after `seq`, and reads those of one category.
    func readCategory(_ category: String, after seq: Int64, limit: Int) async throws -> CategoryPage

    /// The seq of the last recorded event; 0 when there is none.
    func head() async throws -> Int64

    /// Which log this is: another one after a restore. Whoever keeps a position beyond the life of this process keeps
    /// the epoch beside it: a position of another epoch means nothing here.
    func epoch() async throws -> StoreEpoch

    /// The receipt of the request that was recorded under this key, nil when there is none.
    ///
    /// - Returns: `.duplicate` or `.keyReused`.
    func receipt(for key: IdempotencyKey) async throws -> AppendOutcome?

    /// Returns as soon as the log may hold events after `seq`, or when `timeout` has passed.
    func waitForEvents(after seq: Int64, timeout: Duration) async throws
}

/// Events of one category, of a piece of the log.
package struct CategoryPage: Hashable, Sendable {
    /// In the log's order.
    package let events: [EventEnvelope]
    /// Every event up to this seq was looked at.
    package let throughSeq: Int64

    package init(events: [EventEnvelope], throughSeq: Int64) {
        self.events = events
        self.throughSeq = throughSeq
    }
}

extension EventStore {
    package func readCategory(_ category: String, after seq: Int64, limit: Int) async throws -> CategoryPage {
        let events = try await readAll(after: seq, limit: limit)
        return CategoryPage(
            events: events.filter { $0.stream.category == category }, throughSeq: events.last?.seq ?? seq)
    }
}

/// Why the log could not answer.
package enum EventStoreError: Error, Hashable, Sendable {
    /// The request is larger than the log takes; the text names the bound.
    case tooLarge(String)
    /// Too many requests wait already. Nothing was recorded.
    case overloaded
    /// The log cannot be reached, or does not take requests now. Nothing was recorded. `code` is the store's own name for
    /// the reason (Postgres: SQLSTATE); nil where it gave none.
    case unavailable(String, code: String? = nil)
    /// The connection was lost while the request was under way: it may have been recorded.
    case outcomeUnknown(String)
    /// The request is not one that could be stored; the text says why. A mistake of the program that made it.
    case malformed(String)
    /// The log is of another epoch than when this process began. Nothing was recorded. The process must end, and be
    /// started anew.
    case storeReplaced(String)
    /// The log lacks events that this process has seen: its database was restored, or a replica that was behind took its
    /// place. Nothing was recorded. The process must end, and a person has to begin a new epoch.
    case storeBehind(String)
    /// What is stored cannot be read; the text says what and where.
    case corrupt(String)
}

/// Names one log: made with it, and made anew when its database was restored to an earlier state.
package struct StoreEpoch: Hashable, Sendable, CustomStringConvertible {
    package let id: UUID

    package init(_ id: UUID) {
        self.id = id
    }

    /// Reads the form that `description` has.
    package init?(_ text: String) {
        guard let id = UUID(uuidString: text) else { return nil }
        self.id = id
    }

    package var description: String { id.uuidString.lowercased() }
}

/// How much a log keeps.
package struct EventStoreLimits: Hashable, Sendable {
    /// The most events of one stream. Streams are folded whole, so they must stay short: a run needs some hundreds.
    package var streamLength = 50_000
    /// How long the receipt of a request is kept. Afterwards its idempotency key may be used again.
    package var receiptLifetime = Duration.seconds(24 * 3_600)

    package init() {}
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

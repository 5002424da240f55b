import EventSourcing
import Testing

/// The store that a check is run on, with short ways to say what checks say often.
struct ContractLog: Sendable {
    let store: any EventStore
    private let grantFence: @Sendable (LeaseFence, any EventStore) async throws -> Void

    init(store: any EventStore, grant: @escaping @Sendable (LeaseFence, any EventStore) async throws -> Void) {
        self.store = store
        grantFence = grant
    }

    static let metadata = EventMetadata(actor: "user:ada")

    static func stream(_ id: String) -> StreamName { StreamName(category: "thing", id: id) }

    /// An event that carries its name.
    static func event(_ name: String) -> EncodedEvent {
        EncodedEvent(type: "thing.happened", schemaVersion: 1, payload: #"{"name":"\#(name)"}"#)
    }

    /// One write; `stream` is the stream's id.
    static func write(
        _ stream: String, _ expected: ExpectedVersion, events count: Int = 1, closes: Bool = false
    ) -> StreamWrite {
        StreamWrite(
            stream: Self.stream(stream), expected: expected,
            events: (1...count).map { event("\(stream) \($0)") }, closesStream: closes)
    }

    static func request(
        _ writes: [StreamWrite], claims: [ClaimChange] = [], key: IdempotencyKey? = nil, fence: LeaseFence? = nil
    ) -> AppendRequest {
        AppendRequest(writes: writes, claims: claims, idempotency: key, fence: fence, metadata: metadata)
    }

    func append(
        _ writes: StreamWrite..., claims: [ClaimChange] = [], key: IdempotencyKey? = nil, fence: LeaseFence? = nil
    ) async throws -> AppendOutcome {
        try await store.append(Self.request(writes, claims: claims, key: key, fence: fence))
    }

    /// Appends what must be taken.
    @discardableResult
    func appended(
        _ writes: StreamWrite..., claims: [ClaimChange] = [], key: IdempotencyKey? = nil, fence: LeaseFence? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> AppendReceipt {
        let outcome = try await store.append(Self.request(writes, claims: claims, key: key, fence: fence))
        return try #require(outcome.receipt, "\(outcome)", sourceLocation: sourceLocation)
    }

    func grant(_ fence: LeaseFence) async throws {
        try await grantFence(fence, store)
    }

    /// The whole log; checks write less than a page.
    func all() async throws -> [EventEnvelope] {
        try await store.readAll(after: 0, limit: 1_000)
    }

    /// The log holds this many events, with gapless seqs and gapless versions in each stream.
    func expectGapless(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let events = try await all()
        #expect(events.map(\.seq) == Array((1...).prefix(count)), sourceLocation: sourceLocation)
        #expect(try await store.head() == Int64(count), sourceLocation: sourceLocation)
        for (stream, history) in Dictionary(grouping: events, by: \.stream) {
            #expect(
                history.map(\.version) == Array((1...).prefix(history.count)), "\(stream)",
                sourceLocation: sourceLocation)
            #expect(try await store.readWholeStream(stream) == history, "\(stream)", sourceLocation: sourceLocation)
        }
    }
}

extension AppendOutcome {
    /// The receipt, when something was appended.
    var receipt: AppendReceipt? {
        if case .appended(let receipt) = self { receipt } else { nil }
    }
}

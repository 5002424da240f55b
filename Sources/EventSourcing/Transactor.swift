/// Loads a stream, lets its decider decide, and appends: the one way in which a command becomes events.
package struct Transactor: Sendable {
    package let store: any EventStore

    /// How often a command is decided again after another writer was faster.
    package static let maximumAttempts = 8

    private let collecting = CollectingStreams()

    package init(store: any EventStore) {
        self.store = store
    }

    /// Carries out a command on one stream.
    ///
    /// - Parameters:
    ///   - isNew: The stream's id was made for this command, so there is nothing to load.
    /// - Throws: The decider's rejection, `TransactionFailure`, or what the store throws.
    package func transact<D: Decider>(
        _ decider: D.Type, _ command: D.Command, on id: String, isNew: Bool = false, context: CommandContext
    ) async throws -> Transaction<D.State> {
        let stream = StreamName(category: D.Codec.category, id: id)
        for attempt in 1...Self.maximumAttempts {
            let loaded = isNew && attempt == 1 ? .init(state: D.initial, version: 0) : try await load(D.self, stream)
            let events: [D.Event]
            do {
                events = try D.decide(command, loaded.state)
            } catch {
                // The command may have been refused because its first try was carried out.
                if let earlier = try await replay(of: context) { return earlier.with(loaded) }
                throw error
            }
            guard !events.isEmpty else {
                let earlier = try await replay(of: context)
                return earlier?.with(loaded) ?? Transaction(state: loaded.state, version: loaded.version, receipt: nil)
            }
            let request = try makeRequest(D.self, command, events, loaded, stream, context)
            switch try await store.append(request) {
            case .appended(let receipt):
                return Transaction(
                    state: D.fold(events, from: loaded.state), version: loaded.version + events.count, receipt: receipt)
            case .duplicate(let receipt):
                return Transaction(state: loaded.state, version: loaded.version, receipt: receipt, isReplay: true)
            case .versionConflict:
                continue
            case .keyReused(let firstSeq): throw TransactionFailure.keyReused(firstSeq: firstSeq)
            case .fenced(let fence): throw TransactionFailure.fenced(fence)
            case .streamClosed(let stream): throw TransactionFailure.streamClosed(stream)
            case .streamFull(let stream, let limit): throw TransactionFailure.streamFull(stream, limit: limit)
            case .nameTaken(let claim, let holder): throw TransactionFailure.nameTaken(claim, by: holder)
            }
        }
        throw TransactionFailure.contended(stream)
    }

    /// Adds to a stream that only collects: nothing is loaded, and whatever was there before is fine.
    ///
    /// When the stream is full it goes on in `id~2`, then `id~3`, …: what is to be noted is never refused for that.
    @discardableResult
    package func note<D: Decider>(
        _ decider: D.Type, _ command: D.Command, on id: String, context: CommandContext
    ) async throws -> AppendReceipt {
        let events = try D.decide(command, D.initial).map(D.Codec.encode)
        while true {
            let part = collecting.part(of: id)
            let stream = StreamName(category: D.Codec.category, id: part == 1 ? id : "\(id)~\(part)")
            let request = AppendRequest(
                writes: [StreamWrite(stream: stream, expected: .any, events: events)],
                idempotency: context.idempotency, fence: context.fence,
                metadata: context.metadata.naming(D.name(of: command), events: events.count))
            switch try await store.append(request) {
            case .appended(let receipt), .duplicate(let receipt): return receipt
            case .streamFull(let stream, let limit):
                guard events.count <= limit else { throw TransactionFailure.streamFull(stream, limit: limit) }
                collecting.isFull(part, of: id)
            case .keyReused(let firstSeq): throw TransactionFailure.keyReused(firstSeq: firstSeq)
            case .fenced(let fence): throw TransactionFailure.fenced(fence)
            case .streamClosed(let stream), .versionConflict(let stream, _):
                throw TransactionFailure.streamClosed(stream)
            case .nameTaken(let claim, let holder): throw TransactionFailure.nameTaken(claim, by: holder)
            }
        }
    }

    /// The state of a stream today, and its version.
    package func load<D: Decider>(_ decider: D.Type, _ stream: StreamName) async throws -> LoadedStream<D.State> {
        let events = try await store.readWholeStream(stream)
        let state = try await computing(over: events.count, events.payloadBytes) {
            try events.reduce(D.initial) { D.evolve($0, try D.Codec.decode($1.event)) }
        }
        return LoadedStream(state: state, version: events.count)
    }

    private func makeRequest<D: Decider>(
        _ decider: D.Type, _ command: D.Command, _ events: [D.Event], _ loaded: LoadedStream<D.State>,
        _ stream: StreamName, _ context: CommandContext
    ) throws -> AppendRequest {
        var state = loaded.state
        var claims: [ClaimChange] = []
        var encoded: [EncodedEvent] = []
        for event in events {
            claims += D.claims(of: event, state, stream: stream)
            state = D.evolve(state, event)
            encoded.append(try D.Codec.encode(event))
        }
        let write = StreamWrite(
            stream: stream, expected: .exactly(loaded.version), events: encoded, closesStream: D.isClosed(state))
        return AppendRequest(
            writes: [write], claims: claims, idempotency: context.idempotency, fence: context.fence,
            metadata: context.metadata.naming(D.name(of: command), events: events.count))
    }

    private func replay(of context: CommandContext) async throws -> Replay? {
        guard let key = context.idempotency else { return nil }
        switch try await store.receipt(for: key) {
        case .duplicate(let receipt): return Replay(receipt: receipt)
        case .keyReused(let firstSeq): throw TransactionFailure.keyReused(firstSeq: firstSeq)
        case nil, .appended, .fenced, .streamClosed, .versionConflict, .streamFull, .nameTaken: return nil
        }
    }
}

/// A stream's state and its version.
package struct LoadedStream<State: Sendable>: Sendable {
    package let state: State
    package let version: Int
}

extension EventMetadata {
    fileprivate func naming(_ command: String, events count: Int) -> EventMetadata {
        var copy = self
        copy.command = command
        copy.commandEvents = count > 1 ? count : nil
        return copy
    }
}

private struct Replay {
    let receipt: AppendReceipt

    func with<State>(_ loaded: LoadedStream<State>) -> Transaction<State> {
        Transaction(state: loaded.state, version: loaded.version, receipt: receipt, isReplay: true)
    }
}

/// What a command came to.
package struct Transaction<State: Sendable>: Sendable {
    package let state: State
    package let version: Int
    /// Where its events stand; nil when there was nothing to record.
    package let receipt: AppendReceipt?
    /// Whether an earlier request under the same idempotency key had recorded it; the receipt is that one's, and
    /// `state` may belong to a stream that the earlier request did not write.
    package let isReplay: Bool

    package init(state: State, version: Int, receipt: AppendReceipt?, isReplay: Bool = false) {
        self.state = state
        self.version = version
        self.receipt = receipt
        self.isReplay = isReplay
    }
}

/// What travels with a command besides the command itself.
package struct CommandContext: Sendable {
    package var metadata: EventMetadata
    package var idempotency: IdempotencyKey?
    package var fence: LeaseFence?

    package init(metadata: EventMetadata, idempotency: IdempotencyKey? = nil, fence: LeaseFence? = nil) {
        self.metadata = metadata
        self.idempotency = idempotency
        self.fence = fence
    }
}

/// Why a decided command was not recorded.
package enum TransactionFailure: Error, Hashable, Sendable {
    /// The idempotency key belongs to another request.
    case keyReused(firstSeq: Int64)
    /// The writer's lease has another owner now; it must stop.
    case fenced(LeaseFence)
    case streamClosed(StreamName)
    /// The stream has as many events as one may have.
    case streamFull(StreamName, limit: Int)
    case nameTaken(Claim, by: StreamName)
    /// Other writers were faster `Transactor.maximumAttempts` times.
    case contended(StreamName)
}

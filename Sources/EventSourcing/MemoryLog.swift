import FoundationEssentials

/// What `MemoryEventStore` holds: the same facts as the tables of the log, and the same checks as `append_batch`.
struct MemoryLog {
    struct Head {
        var version = 0
        var isClosed = false
    }

    var events: [EventEnvelope] = []
    var heads: [StreamName: Head] = [:]
    var holders: [Claim: StreamName] = [:]
    var receipts: [String: (fingerprint: [UInt8], receipt: AppendReceipt, expiresAt: Date)] = [:]
    var epochs: [String: Int64] = [:]
    var waiters: [UUID: CheckedContinuation<Void, Never>] = [:]

    func outcome(of key: IdempotencyKey, now: Date) -> AppendOutcome? {
        guard let known = receipts["\(key.scope)\u{0}\(key.key)"], known.expiresAt > now else { return nil }
        return known.fingerprint == key.fingerprint
            ? .duplicate(known.receipt) : .keyReused(firstSeq: known.receipt.firstSeq)
    }

    func refusal(of request: AppendRequest, _ limits: EventStoreLimits, now: Date) -> AppendOutcome? {
        if let key = request.idempotency, let known = outcome(of: key, now: now) { return known }
        if let fence = request.fence, epochs[fence.name] != fence.epoch { return .fenced(fence) }
        for write in request.writes {
            let head = heads[write.stream] ?? .init()
            if head.isClosed { return .streamClosed(write.stream) }
            if case .exactly(let version) = write.expected, version != head.version {
                return .versionConflict(write.stream, actual: head.version)
            }
            if head.version + write.events.count > limits.streamLength {
                return .streamFull(write.stream, limit: limits.streamLength)
            }
        }
        var released: Set<Claim> = []
        for case .release(let claim, let stream) in request.claims where holders[claim.folded] == stream {
            released.insert(claim.folded)
        }
        for case .take(let claim, let stream) in request.claims {
            if let holder = holders[claim.folded], holder != stream, !released.contains(claim.folded) {
                return .nameTaken(claim, by: holder)
            }
        }
        return nil
    }

    mutating func record(
        _ request: AppendRequest, at time: Date, receiptUntil expiry: Date
    ) -> AppendReceipt {
        let first = Int64(events.count) + 1
        for write in request.writes {
            var head = heads[write.stream] ?? .init()
            for event in write.events {
                head.version += 1
                events.append(
                    EventEnvelope(
                        seq: Int64(events.count) + 1, stream: write.stream, version: head.version, recordedAt: time,
                        event: event, metadata: request.metadata))
            }
            head.isClosed = write.closesStream
            heads[write.stream] = head
        }
        for case .release(let claim, let stream) in request.claims where holders[claim.folded] == stream {
            holders[claim.folded] = nil
        }
        for case .take(let claim, let stream) in request.claims { holders[claim.folded] = stream }
        let receipt = AppendReceipt(firstSeq: first, lastSeq: Int64(events.count), recordedAt: time)
        if let key = request.idempotency {
            receipts["\(key.scope)\u{0}\(key.key)"] = (key.fingerprint, receipt, expiry)
        }
        return receipt
    }
}

extension Claim {
    /// The form in which names are compared.
    fileprivate var folded: Claim { Claim(scope: scope, name: name.lowercased()) }
}

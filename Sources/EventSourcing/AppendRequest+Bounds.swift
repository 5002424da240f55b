extension AppendRequest {
    /// How much the log would have to take in, in bytes: payloads, and for each event the request's metadata.
    package func byteCount(metadata: String) -> Int {
        writes.lazy.flatMap(\.events).reduce(0) { $0 + $1.payload.utf8.count + metadata.utf8.count }
    }

    /// - Parameter metadata: The request's own, as they are stored.
    /// - Throws: `EventStoreError.tooLarge` naming the bound that the request exceeds, `.malformed` when there is
    ///   nothing to record.
    package func checkBounds(metadata: String) throws(EventStoreError) {
        guard !writes.isEmpty, writes.allSatisfy({ !$0.events.isEmpty }) else {
            throw .malformed("a request without events; at least one is needed in each stream")
        }
        guard writes.count == 1 || Set(writes.map(\.stream)).count == writes.count else {
            throw .malformed("a request names a stream twice; put all of its events into one write")
        }
        let count = writes.reduce(0) { $0 + $1.events.count }
        guard count <= Self.maximumEvents else {
            throw .tooLarge("\(count) events in one request; at most \(Self.maximumEvents) are taken")
        }
        for write in writes {
            try Self.require(write.stream.description, atMost: StreamName.maximumLength, "the name of a stream")
            for event in write.events {
                try Self.require(event.payload, atMost: Self.maximumPayloadBytes, "the payload of \(event.type)")
            }
        }
        try Self.require(metadata, atMost: Self.maximumMetadataBytes, "the metadata")
        if let key = idempotency {
            try Self.require(key.scope + key.key, atMost: Self.maximumNameBytes, "the idempotency key with its scope")
        }
        for case .take(let claim, _) in claims {
            try Self.require(claim.scope + claim.name, atMost: Self.maximumNameBytes, "a unique name with its scope")
        }
        let bytes = byteCount(metadata: metadata)
        guard bytes <= Self.maximumBytes else {
            throw .tooLarge("\(bytes) bytes in one request; at most \(Self.maximumBytes) are taken")
        }
    }

    private static func require(_ text: String, atMost limit: Int, _ what: String) throws(EventStoreError) {
        let count = text.utf8.count
        guard count <= limit else { throw .tooLarge("\(what) has \(count) bytes; at most \(limit) are taken") }
    }
}

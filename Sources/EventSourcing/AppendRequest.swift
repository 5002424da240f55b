/// One command's effect on the log: all of it is recorded, or none.
package struct AppendRequest: Sendable {
    /// What is written, at least one stream, each named once.
    package var writes: [StreamWrite]
    /// Unique names taken and given back, in any order: what is given back is free for what is taken. Each name is
    /// taken at most once.
    package var claims: [ClaimChange]
    /// Makes a repetition of the same request return the first one's receipt.
    package var idempotency: IdempotencyKey?
    /// The lease that the writer believes to hold; checked in the same transaction.
    package var fence: LeaseFence?
    package var metadata: EventMetadata

    /// The most events in one request.
    package static let maximumEvents = 100
    /// The longest payload of one event, in UTF-8 bytes.
    package static let maximumPayloadBytes = 1 << 20
    /// The longest metadata, as JSON in UTF-8 bytes.
    package static let maximumMetadataBytes = 16 << 10
    /// The longest idempotency key or unique name, its scope included, in UTF-8 bytes: as much as an index takes.
    package static let maximumNameBytes = 1_000
    /// The most that one request may come to, in bytes.
    package static let maximumBytes = 8 << 20

    package init(
        writes: [StreamWrite], claims: [ClaimChange] = [], idempotency: IdempotencyKey? = nil,
        fence: LeaseFence? = nil, metadata: EventMetadata
    ) {
        self.writes = writes
        self.claims = claims
        self.idempotency = idempotency
        self.fence = fence
        self.metadata = metadata
    }
}

/// Events for one stream, and what its version must be before they are added.
package struct StreamWrite: Sendable {
    package var stream: StreamName
    package var expected: ExpectedVersion
    package var events: [EncodedEvent]
    /// Whether nothing may follow these events in their stream.
    package var closesStream: Bool

    package init(stream: StreamName, expected: ExpectedVersion, events: [EncodedEvent], closesStream: Bool = false) {
        self.stream = stream
        self.expected = expected
        self.events = events
        self.closesStream = closesStream
    }
}

/// What a stream's version must be for a write to be taken.
package enum ExpectedVersion: Hashable, Sendable {
    /// Whatever it is: for streams that only collect (`security`).
    case any
    /// Exactly this; 0 means that the stream must not exist yet.
    case exactly(Int)
}

/// A unique name within a scope, such as a job's name within its workspace. Compared without regard to case.
package struct Claim: Hashable, Sendable {
    package var scope: String
    package var name: String

    package init(scope: String, name: String) {
        self.scope = scope
        self.name = name
    }
}

/// A change to who holds a unique name.
package enum ClaimChange: Hashable, Sendable {
    /// The stream takes the name; refused when another stream holds it.
    case take(Claim, for: StreamName)
    /// The stream gives the name back; nothing happens when it does not hold it.
    case release(Claim, by: StreamName)
}

/// What makes two requests the same one.
package struct IdempotencyKey: Hashable, Sendable {
    /// Whose key it is, so that two clients cannot collide: the principal and the route.
    package var scope: String
    package var key: String
    /// A digest of the request; the same key with another one is refused.
    package var fingerprint: [UInt8]

    package init(scope: String, key: String, fingerprint: [UInt8]) {
        self.scope = scope
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// The lease under which a writer acts. Each change of owner raises the epoch.
package struct LeaseFence: Hashable, Sendable {
    package var name: String
    package var epoch: Int64

    package init(name: String, epoch: Int64) {
        self.name = name
        self.epoch = epoch
    }
}

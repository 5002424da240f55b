package import FoundationEssentials

/// Where in the log a request's events stand.
package struct AppendReceipt: Hashable, Sendable {
    package let firstSeq: Int64
    package let lastSeq: Int64
    /// When they were recorded, by the database's clock.
    package let recordedAt: Date

    package init(firstSeq: Int64, lastSeq: Int64, recordedAt: Date) {
        self.firstSeq = firstSeq
        self.lastSeq = lastSeq
        self.recordedAt = recordedAt
    }
}

/// What became of one request. Checks are made in the order of the cases after the first.
package enum AppendOutcome: Hashable, Sendable {
    case appended(AppendReceipt)
    /// The same request was recorded before; nothing was added now.
    case duplicate(AppendReceipt)
    /// The idempotency key was used for another request, recorded from this seq on.
    case keyReused(firstSeq: Int64)
    /// The lease has another owner now.
    case fenced(LeaseFence)
    /// Nothing more may be written to this stream.
    case streamClosed(StreamName)
    case versionConflict(StreamName, actual: Int)
    /// The stream would become longer than `limit` events, the most that a stream may have.
    case streamFull(StreamName, limit: Int)
    case nameTaken(Claim, by: StreamName)
}

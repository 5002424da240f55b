package import Cryptography
package import EventSourcing

/// What a reader of the whole log has seen, and whether it may be so: a value, without I/O.
///
/// The rule of the log is `seq > cursor`: a reader that keeps to it sees every event once, in order, whatever happens to
/// writers, server and connections meanwhile.
package struct ReadingCheck: Sendable {
    /// The seqs of one request's events.
    package struct Range: Hashable, Sendable {
        package let first: Int64
        package var last: Int64

        package init(first: Int64, last: Int64) {
            self.first = first
            self.last = last
        }
    }

    /// The last event seen.
    package private(set) var cursor: Int64 = 0
    /// What each idempotency key recorded.
    package private(set) var recorded: [String: Range] = [:]
    private var versions: [StreamName: Int] = [:]
    /// A digest of everything seen, in order: each event's with the one before.
    package private(set) var digest = SHA256Digest(of: [])

    package init() {}

    /// - Throws: `Anomaly` for the first event that breaks a rule.
    package mutating func take(_ page: [EventEnvelope]) throws(Anomaly) {
        for event in page { try take(event) }
    }

    private mutating func take(_ event: EventEnvelope) throws(Anomaly) {
        guard event.seq == cursor + 1 else {
            throw Anomaly("seq \(event.seq) follows \(cursor)")
        }
        cursor = event.seq
        let before = versions[event.stream] ?? 0
        guard event.version == before + 1 else {
            throw Anomaly("seq \(event.seq): version \(event.version) of \(event.stream) follows \(before)")
        }
        versions[event.stream] = event.version
        digest = SHA256Digest(
            of: "\(digest) \(event.seq) \(event.stream) \(event.version) \(event.event.payload)".utf8)
        guard let key = event.metadata.idempotencyKey else { return }
        if let range = recorded[key], range.last != event.seq - 1 {
            throw Anomaly("seq \(event.seq): the request \(key) was recorded before, at \(range.first)–\(range.last)")
        }
        recorded[key, default: Range(first: event.seq, last: event.seq)].last = event.seq
    }
}

/// The log did what it must never do.
package struct Anomaly: Error, CustomStringConvertible, Sendable {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

package import FoundationEssentials

/// One making of a read model: a version of its file, and how far it has come.
package struct ProjectionGeneration: Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable {
        /// Made beside the live one.
        case building
        /// Readers see it.
        case live
        /// Compared with the live one and found different: readers are not switched until somebody accepts it.
        case differs
        /// Readers saw it; its tables are dropped soon.
        case retired
        /// Made to be compared, by whoever asked for that.
        case scratch
    }

    package let name: String
    package let generation: Int
    package let version: Int
    package var state: State
    /// Every event up to this seq has been taken in.
    package var cursor: Int64
    /// How many streams wait because of an event that failed.
    package var parkedStreams = 0
    /// What the comparison with the live one found.
    package var difference: String?
    /// The seq at which it was compared with the live one.
    package var comparedSeq: Int64?
    /// Whether an operator wants it in spite of the difference.
    package var isAccepted = false
    /// Why it does not go on: SQLSTATE and message.
    package var failure: String?

    /// Whether readers see it.
    package var isLive: Bool { state == .live }

    package init(name: String, generation: Int, version: Int, state: State, cursor: Int64) {
        self.name = name
        self.generation = generation
        self.version = version
        self.state = state
        self.cursor = cursor
    }
}

/// A stream of which a generation could not take in an event: that one and all later ones of it wait.
package struct ParkedStream: Hashable, Sendable {
    package let projection: String
    package let generation: Int
    package let stream: String
    /// The event that failed.
    package let seq: Int64
    package let eventType: String
    /// The SQLSTATE of the failure.
    package let sqlState: String
    /// For operators: it may quote the event.
    package let message: String
    /// How many events wait, the failed one included.
    package let events: Int64
    package let since: Date

    package init(
        projection: String, generation: Int, stream: String, seq: Int64, eventType: String, sqlState: String,
        message: String, events: Int64, since: Date
    ) {
        self.projection = projection
        self.generation = generation
        self.stream = stream
        self.seq = seq
        self.eventType = eventType
        self.sqlState = sqlState
        self.message = message
        self.events = events
        self.since = since
    }
}

/// What a live step came to.
package struct ProjectionStep: Sendable {
    /// The last seq of the log when it began.
    package let head: Int64
    /// How far each live read model is now.
    package let reached: [String: Int64]
    /// Those that could not go on, each with SQLSTATE and message.
    package let failures: [String: String]

    package init(head: Int64, reached: [String: Int64], failures: [String: String]) {
        self.head = head
        self.reached = reached
        self.failures = failures
    }

    /// Whether events are left that could be taken in now.
    package var isBehind: Bool { reached.contains { $0.value < head && failures[$0.key] == nil } }
}

/// There is no read model of this name.
package struct UnknownProjection: Error, CustomStringConvertible, Sendable {
    package let name: String
    package let known: [String]

    package init(name: String, known: [String]) {
        self.name = name
        self.known = known
    }

    package var description: String {
        "there is no projection \(name); there are \(known.joined(separator: ", "))"
    }
}

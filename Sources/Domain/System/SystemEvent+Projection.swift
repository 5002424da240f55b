import EventSourcing

/// A read model was made anew from the log.
package struct ProjectionRebuilt: EventPayload {
    package static let type = "system.projection_rebuilt"
    package let projection: String
    package let version: Int
    /// The last event that it was made from.
    package let throughSeq: Int64

    package init(projection: String, version: Int, throughSeq: Int64) {
        self.projection = projection
        self.version = version
        self.throughSeq = throughSeq
    }

    enum CodingKeys: String, CodingKey {
        case projection, version
        case throughSeq = "through_seq"
    }
}

/// Readers see another making of a read model from now on.
package struct ProjectionSwitched: EventPayload {
    package static let type = "system.projection_switched"
    package let projection: String
    package let version: Int
    package let generation: Int
    /// Where it was compared with the one before.
    package let comparedSeq: Int64
    /// SHA-256, in hex, of the rows that were compared.
    package let contentDigest: String
    /// Whether readers were switched although both differed: an operator accepted it, or the one before had events
    /// parked.
    package let isDifferent: Bool

    package init(
        projection: String, version: Int, generation: Int, comparedSeq: Int64, contentDigest: String, isDifferent: Bool
    ) {
        self.projection = projection
        self.version = version
        self.generation = generation
        self.comparedSeq = comparedSeq
        self.contentDigest = contentDigest
        self.isDifferent = isDifferent
    }

    enum CodingKeys: String, CodingKey {
        case projection, version, generation
        case comparedSeq = "compared_seq"
        case contentDigest = "content_digest"
        case isDifferent = "different"
    }
}

/// A read model could not take in an event: it and all later ones of its stream wait.
package struct EventParked: EventPayload {
    package static let type = "system.event_parked"
    package let projection: String
    package let generation: Int
    package let stream: String
    package let seq: Int64
    package let eventType: String
    /// The SQLSTATE: what kind of failure, without the event's data.
    package let sqlState: String

    package init(
        projection: String, generation: Int, stream: String, seq: Int64, eventType: String, sqlState: String
    ) {
        self.projection = projection
        self.generation = generation
        self.stream = stream
        self.seq = seq
        self.eventType = eventType
        self.sqlState = sqlState
    }

    enum CodingKeys: String, CodingKey {
        case projection, generation, stream, seq
        case eventType = "event_type"
        case sqlState = "sql_state"
    }
}

/// The parked events of a stream were taken in.
package struct ParkedRetried: EventPayload {
    package static let type = "system.parked_retried"
    package let projection: String
    package let generation: Int
    package let stream: String
    /// The event that had failed.
    package let fromSeq: Int64
    /// The last one that was taken in.
    package let throughSeq: Int64

    package init(projection: String, generation: Int, stream: String, fromSeq: Int64, throughSeq: Int64) {
        self.projection = projection
        self.generation = generation
        self.stream = stream
        self.fromSeq = fromSeq
        self.throughSeq = throughSeq
    }

    enum CodingKeys: String, CodingKey {
        case projection, generation, stream
        case fromSeq = "from_seq"
        case throughSeq = "through_seq"
    }
}

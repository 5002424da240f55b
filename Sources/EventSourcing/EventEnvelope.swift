package import FoundationEssentials

/// An event as a decider's codec hands it to the log: its stable storage name, version and JSON text.
package struct EncodedEvent: Hashable, Sendable {
    /// The stable storage name, as in `run.requested`.
    package let type: String
    /// The version of the payload's schema, from 1.
    package let schemaVersion: Int
    /// The payload as a JSON object. The log keeps this text byte for byte.
    package let payload: String

    package init(type: String, schemaVersion: Int, payload: String) {
        self.type = type
        self.schemaVersion = schemaVersion
        self.payload = payload
    }
}

/// An event as the log gives it back.
package struct EventEnvelope: Hashable, Sendable {
    /// The place in the whole log: gapless, from 1.
    package let seq: Int64
    package let stream: StreamName
    /// The place in its stream: gapless, from 1.
    package let version: Int
    /// When the log took it in, by the database's clock, to the microsecond.
    package let recordedAt: Date
    package let event: EncodedEvent
    package let metadata: EventMetadata

    package init(
        seq: Int64, stream: StreamName, version: Int, recordedAt: Date, event: EncodedEvent, metadata: EventMetadata
    ) {
        self.seq = seq
        self.stream = stream
        self.version = version
        self.recordedAt = recordedAt
        self.event = event
        self.metadata = metadata
    }
}

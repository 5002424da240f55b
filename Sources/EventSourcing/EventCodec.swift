import FoundationEssentials

/// The stored form of one event: a JSON object with a stable name.
///
/// A released payload is never edited: its coding keys are storage formats.
package protocol EventPayload: Codable, Hashable, Sendable {
    /// The stable storage name, as in `run.requested`.
    static var type: String { get }
    /// What makes this version of each earlier one, from version 1 on.
    static var upcasts: [Upcast] { get }
}

extension EventPayload {
    package static var upcasts: [Upcast] { [] }
    /// The version of this schema, from 1: one more for each upcast.
    package static var schemaVersion: Int { upcasts.count + 1 }
}

/// Between the events of one kind of stream and their stored form.
package protocol EventCodec: SendableMetatype {
    associatedtype Event: Hashable, Sendable
    /// The category of the streams that hold these events.
    static var category: String { get }
    /// Every event there is, each with its way back into `Event`.
    static var payloads: [PayloadCoding<Event>] { get }
    /// The stored form of an event.
    static func payload(of event: Event) -> any EventPayload
}

/// How one payload type becomes an event again.
package struct PayloadCoding<Event: Sendable>: Sendable {
    package let type: String
    package let upcasts: [Upcast]
    let decode: @Sendable (Data) throws -> Event

    package init<Payload: EventPayload>(
        _ payload: Payload.Type, _ makeEvent: @escaping @Sendable (Payload) -> Event
    ) {
        type = Payload.type
        upcasts = Payload.upcasts
        decode = { try makeEvent(PayloadFormat.decoder.decode(Payload.self, from: $0)) }
    }
}

/// Why a stored event could not be read.
package struct EventDecodingError: Error, CustomStringConvertible, Sendable {
    package let type: String
    package let schemaVersion: Int
    package let reason: String

    init(_ stored: EncodedEvent, _ reason: String) {
        type = stored.type
        schemaVersion = stored.schemaVersion
        self.reason = reason
    }

    package var description: String { "event \(type) v\(schemaVersion) cannot be read: \(reason)" }
}

extension EventCodec {
    /// The stored form: JSON with sorted keys, so that the same event is the same text.
    package static func encode(_ event: Event) throws -> EncodedEvent {
        let payload = payload(of: event)
        let text = String(decoding: try PayloadFormat.encoder.encode(payload), as: UTF8.self)
        return EncodedEvent(
            type: Swift.type(of: payload).type, schemaVersion: Swift.type(of: payload).schemaVersion, payload: text)
    }

    /// The event that a stored form stands for; one of an earlier version is upcast.
    package static func decode(_ stored: EncodedEvent) throws(EventDecodingError) -> Event {
        guard let coding = payloads.first(where: { $0.type == stored.type }) else {
            throw EventDecodingError(stored, "it is not known to this version of Weir")
        }
        let newest = coding.upcasts.count + 1
        guard (1...newest).contains(stored.schemaVersion) else {
            throw EventDecodingError(
                stored, "this version of Weir knows it up to v\(newest); run the newer program")
        }
        do {
            let payload = try coding.upcasts[(stored.schemaVersion - 1)...].joined().reduce(stored.payload) {
                try $1.applied(to: $0)
            }
            return try coding.decode(Data(payload.utf8))
        } catch {
            throw EventDecodingError(stored, String(describing: error))
        }
    }

    /// What its types are, for those who read events of all kinds.
    package static var schemas: [EventSchema] {
        payloads.map { coding in
            EventSchema(type: coding.type, upcasts: coding.upcasts) { stored throws(EventDecodingError) in
                _ = try decode(stored)
            }
        }
    }
}

/// One event type, whatever kind of stream it belongs to.
package struct EventSchema: Sendable {
    package let type: String
    package let upcasts: [Upcast]
    /// Reads a stored form of this type, to see whether it can be read.
    package let check: @Sendable (EncodedEvent) throws(EventDecodingError) -> Void

    /// The version that is written.
    package var version: Int { upcasts.count + 1 }
}

/// How payloads are written: keys sorted, times as ISO 8601 in UTC with milliseconds (RFC 3339).
private enum PayloadFormat {
    static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            // The format cuts off what is finer than a millisecond, also where a Double is a little below one.
            try container.encode((date.wholeMilliseconds + 0.000_5).formatted(time))
        }
        return encoder
    }()

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try time.parse(decoder.singleValueContainer().decode(String.self)).wholeMilliseconds
        }
        return decoder
    }()
}

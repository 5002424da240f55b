package import FoundationEssentials

/// An event of the log, with its whole envelope.
package struct EventResource: Codable, Hashable, Sendable {
    package let seq: Int64
    package let stream: String
    /// The place in its stream, from 1.
    package let version: Int
    package let type: String
    package let schemaVersion: Int
    package let recordedAt: Date
    /// The principal that the server established.
    package let actor: String
    /// The command that led to it, by its stable name.
    package let command: String?
    package let onBehalfOf: String?
    package let requestID: String?
    package let correlation: String?
    /// The seq of the event that led to this one, where one did.
    package let causation: Int64?
    package let idempotencyKey: String?
    package let clientAddress: String?
    package let traceParent: String?
    package let payload: JSONValue

    enum CodingKeys: String, CodingKey {
        case seq, stream, version, type, actor, command, correlation, causation, payload
        case schemaVersion = "schema_version"
        case recordedAt = "recorded_at"
        case onBehalfOf = "on_behalf_of"
        case requestID = "request_id"
        case idempotencyKey = "idempotency_key"
        case clientAddress = "client_address"
        case traceParent = "trace_parent"
    }
}

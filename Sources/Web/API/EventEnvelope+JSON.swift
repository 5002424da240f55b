import API
import EventSourcing

extension EventEnvelope {
    /// The event as the API writes it (`EventResource`): the payload is the log's own text.
    var json: String {
        var fields: [(String, String)] = [
            ("seq", "\(seq)"), ("stream", JSONText.quoted(stream.description)), ("version", "\(version)"),
            ("type", JSONText.quoted(event.type)), ("schema_version", "\(event.schemaVersion)"),
            ("recorded_at", JSONText.quoted(WireTime.format(recordedAt))), ("actor", JSONText.quoted(metadata.actor)),
        ]
        let optional = [
            ("command", metadata.command), ("on_behalf_of", metadata.onBehalfOf), ("request_id", metadata.requestID),
            ("correlation", metadata.correlation), ("idempotency_key", metadata.idempotencyKey),
            ("client_address", metadata.clientAddress), ("trace_parent", metadata.traceParent),
        ]
        for case (let name, let value?) in optional { fields.append((name, JSONText.quoted(value))) }
        if let causation = metadata.causation { fields.append(("causation", "\(causation)")) }
        fields.append(("payload", event.payload))
        return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
}

import FoundationEssentials

/// Who did it, on whose behalf, and as part of what: the same for every event of one command.
///
/// Everything in it is derived by the server; nothing is taken from a client's text without being named as such
/// (`idempotencyKey`, `requestID` when the client sent one).
package struct EventMetadata: Codable, Hashable, Sendable {
    /// The principal that the server established: `user:ada`, `service:saga`, `system:local`.
    package var actor: String
    /// The command that was decided, by its stable name: `run.request_cancel`. Nil for events that no decider made.
    package var command: String?
    /// How many events the command led to; nil for one. So the events of each decision can be told from those of the
    /// next.
    package var commandEvents: Int?
    /// The principal for whom a service acts, where it does.
    package var onBehalfOf: String?
    /// The HTTP request that carried the command.
    package var requestID: String?
    /// Groups everything that one outside request led to; the first command's own id.
    package var correlation: String?
    /// The seq of the event that led to this command, where one did.
    package var causation: Int64?
    /// The client's Idempotency-Key.
    package var idempotencyKey: String?
    /// The address that the request came from.
    package var clientAddress: String?
    /// W3C Trace Context `traceparent`.
    package var traceParent: String?

    package init(
        actor: String, onBehalfOf: String? = nil, requestID: String? = nil, correlation: String? = nil,
        causation: Int64? = nil, idempotencyKey: String? = nil, clientAddress: String? = nil, traceParent: String? = nil
    ) {
        self.actor = actor
        self.onBehalfOf = onBehalfOf
        self.requestID = requestID
        self.correlation = correlation
        self.causation = causation
        self.idempotencyKey = idempotencyKey
        self.clientAddress = clientAddress
        self.traceParent = traceParent
    }

    enum CodingKeys: String, CodingKey {
        case actor, command
        case commandEvents = "command_events"
        case onBehalfOf = "on_behalf_of"
        case requestID = "request_id"
        case correlation
        case causation
        case idempotencyKey = "idempotency_key"
        case clientAddress = "client_address"
        case traceParent = "trace_parent"
    }
}

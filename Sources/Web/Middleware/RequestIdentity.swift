import API
import ControlPlane
import Domain
import EventSourcing
import FoundationEssentials
import HTTPServer

/// Who asks, and what the request is called: derived by the server for every request.
struct RequestIdentity: Sendable {
    /// The principal. Until people sign in, whoever reaches the loopback address is the local operator.
    let actor: String
    let requestID: String
    let traceParent: String?
    let clientAddress: String

    /// Who acts as long as there is no sign-in.
    static let localActor = "system:local"
    /// The longest request id that is taken from a client, in bytes.
    private static let maximumRequestID = 100

    init(_ request: HTTPRequest, environment: Environment) {
        actor = Self.localActor
        let given = request.fields[HTTPFields.Name(HeaderName.requestID)] ?? ""
        requestID =
            Self.isPlain(given) && given.utf8.count <= Self.maximumRequestID && !given.isEmpty
            ? given : environment.makeUUID().uuidString.lowercased()
        let parent = request.fields[.traceparent] ?? ""
        traceParent = parent.wholeMatch(of: /[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/) == nil ? nil : parent
        clientAddress = request.client.host
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    var metadata: EventMetadata {
        EventMetadata(
            actor: actor, requestID: requestID, correlation: requestID, clientAddress: clientAddress,
            traceParent: traceParent)
    }
}

/// Where middleware leaves it for the handlers.
enum RequestIdentityKey: RequestValueKey {
    static let defaultValue: RequestIdentity? = nil
}

extension HTTPRequest {
    var identity: RequestIdentity? {
        get { self[RequestIdentityKey.self] }
        set { self[RequestIdentityKey.self] = newValue }
    }
}

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
            ? given : environment.makeUUID().lowercasedText
        traceParent = request.fields[.traceparent].flatMap { Self.isTraceParent($0) ? $0 : nil }
        clientAddress = request.client.host
    }

    /// Version 00 of W3C Trace Context: `00-<32 hex>-<16 hex>-<2 hex>`, neither id all zero.
    static func isTraceParent(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [2, 32, 16, 2] && parts[0].elementsEqual("00".utf8)
            && parts.allSatisfy { $0.allSatisfy(isLowerHex) }
            && parts[1...2].allSatisfy { $0.contains { $0 != UInt8(ascii: "0") } }
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
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

/// Where middleware leaves it for the handlers and the failure responder.
enum RequestIdentityKey: RequestValueKey {
    static let defaultValue: RequestIdentity? = nil
}

extension HTTPRequest {
    var identity: RequestIdentity? {
        get { self[RequestIdentityKey.self] }
        nonmutating set { self[RequestIdentityKey.self] = newValue }
    }
}

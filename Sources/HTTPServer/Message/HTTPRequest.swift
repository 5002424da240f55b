import Synchronization

/// One request, wholly received.
package struct HTTPRequest: Sendable {
    package let method: HTTPMethod
    package let target: RequestTarget
    package let fields: HTTPFields
    /// The whole body, at most as long as the route's limit.
    package let body: [UInt8]
    package let client: ClientAddress
    /// When the server answers in the handler's stead and cancels its task.
    package let deadline: ContinuousClock.Instant
    /// The pattern of the route that matched, such as `/runs/{id}`: a label of bounded variety.
    package internal(set) var route: String?
    /// What the route's `{name}` segments matched.
    package internal(set) var parameters = PathParameters()
    private let values: RequestValues

    init(
        method: HTTPMethod, target: RequestTarget, fields: HTTPFields, body: [UInt8], client: ClientAddress,
        deadline: ContinuousClock.Instant, values: RequestValues = RequestValues()
    ) {
        self.values = values
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.client = client
        self.deadline = deadline
    }

    /// A request made by hand, to ask a `RouteTable` without a network.
    package init(
        _ method: HTTPMethod, _ target: String, fields: HTTPFields = HTTPFields(), body: [UInt8] = [],
        client: ClientAddress = ClientAddress(host: "127.0.0.1", port: 0),
        deadline: ContinuousClock.Instant = .now + .seconds(30)
    ) throws(RequestTarget.Refusal) {
        self.init(
            method: method, target: try RequestTarget(target), fields: fields, body: body, client: client,
            deadline: deadline)
    }

    /// The path as sent, still encoded and without the query.
    package var path: String { target.path }
    /// The path's segments, decoded.
    package var segments: [String] { target.segments }
    /// The query's parameters, decoded.
    package var query: QueryParameters { target.query }

    /// What a middleware left for the handlers behind it, and for the failure responder: all copies of the request share
    /// it.
    package subscript<Key: RequestValueKey>(key: Key.Type) -> Key.Value {
        get { values.all.withLock { $0[ObjectIdentifier(key)] } as? Key.Value ?? key.defaultValue }
        nonmutating set { values.all.withLock { $0[ObjectIdentifier(key)] = newValue } }
    }
}

/// What middleware leaves with one request, each value under its key.
final class RequestValues: Sendable {
    let all = Mutex<[ObjectIdentifier: any Sendable]>([:])
}

/// Names a value that middleware hands down with the request, such as the principal it authenticated.
package protocol RequestValueKey {
    associatedtype Value: Sendable
    /// What is read where no middleware has set anything.
    static var defaultValue: Value { get }
}

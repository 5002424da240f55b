/// One operation of the API: what is sent where, and what comes back.
///
/// `Request` is the JSON body that is sent (`NoBody` where there is none), `Response` the JSON body of a 2xx answer.
/// Every other answer is a `Problem`.
package struct Endpoint<Request: Encodable & Sendable, Response: Decodable & Sendable>: Sendable {
    /// The operation's stable name: `create_workspace`.
    package let operation: String
    package let method: Method
    /// The path with a `{name}` for each parameter: `/api/v1/workspaces/{workspace}/jobs`.
    package let template: String

    init(_ operation: String, _ method: Method, _ template: String) {
        self.operation = operation
        self.method = method
        self.template = template
    }

    /// The path with these values in place of its parameters, in order; each is percent-encoded.
    package func path(_ values: String...) -> String {
        var rest = values[...]
        let segments = template.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            guard segment.hasPrefix("{") else { return String(segment) }
            guard let value = rest.popFirst() else { preconditionFailure("\(operation) takes more path parameters") }
            return PercentEncoding.encode(value)
        }
        precondition(rest.isEmpty, "\(operation) takes fewer path parameters")
        return segments.joined(separator: "/")
    }
}

/// The methods that the API uses.
package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
}

/// The body of a request that has none.
package struct NoBody: Codable, Hashable, Sendable {
    package init() {}
}

/// An operation without its types: a row of the table of routes.
package struct Route: Hashable, Sendable {
    package let operation: String
    package let method: Method
    package let template: String

    init<Request, Response>(_ endpoint: Endpoint<Request, Response>) {
        operation = endpoint.operation
        method = endpoint.method
        template = endpoint.template
    }
}

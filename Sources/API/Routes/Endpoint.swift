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
    /// The template's texts between its parameters: one more than there are parameters.
    private let texts: [String]

    init(_ operation: String, _ method: Method, _ template: String) {
        self.operation = operation
        self.method = method
        self.template = template
        var texts: [String] = []
        var rest = template[...]
        while let begin = rest.firstIndex(of: "{"), let end = rest.firstIndex(of: "}") {
            texts.append(String(rest[..<begin]))
            rest = rest[rest.index(after: end)...]
        }
        self.texts = texts + [String(rest)]
    }

    /// The path with these values in place of its parameters, in order; each is percent-encoded.
    package func path(_ values: String...) -> String {
        precondition(values.count == texts.count - 1, "\(operation) takes \(texts.count - 1) path parameters")
        return zip(values, texts.dropFirst()).reduce(into: texts[0]) { path, piece in
            path += PercentEncoding.encode(piece.0) + piece.1
        }
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

/// Why a request was not answered as asked (RFC 9457, `application/problem+json`).
package struct Problem: Codable, Hashable, Sendable, Error {
    package static let mediaType = "application/problem+json"

    /// Stable: `urn:weir:problem:` and the code.
    package var type: String { "urn:weir:problem:\(code)" }
    /// What kind of problem it is: the same text for the same code.
    package let title: String
    /// The HTTP status code.
    package let status: Int
    /// What is wrong this time and what to do; for people.
    package let detail: String?
    /// For programs: stable, as in `name-taken`.
    package let code: String
    /// Each fault of the request, where it has several or one that can be pointed at.
    package let errors: [Fault]
    /// Finds the request in the server's log and in events.
    package var traceID: String?

    package init(
        status: Int, code: String, title: String, detail: String? = nil, errors: [Fault] = [], traceID: String? = nil
    ) {
        self.title = title
        self.status = status
        self.detail = detail
        self.code = code
        self.errors = errors
        self.traceID = traceID
    }

    /// One fault of a request.
    package struct Fault: Codable, Hashable, Sendable {
        /// Where in the body: a JSON pointer (RFC 6901), `""` for the whole.
        package let pointer: String?
        /// Which query or path parameter, or header field.
        package let parameter: String?
        /// For programs: `unknown-field`, `missing-field`, `wrong-type`, `out-of-range`, or the code of a rule.
        package let code: String
        package let detail: String

        package init(pointer: String? = nil, parameter: String? = nil, code: String, detail: String) {
            self.pointer = pointer
            self.parameter = parameter
            self.code = code
            self.detail = detail
        }
    }
}

extension Problem {
    enum CodingKeys: String, CodingKey {
        case type, title, status, detail, code, errors
        case traceID = "trace_id"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        title = try container.decode(String.self, forKey: .title)
        status = try container.decode(Int.self, forKey: .status)
        detail = try container.decodeIfPresent(String.self, forKey: .detail)
        code = try container.decode(String.self, forKey: .code)
        errors = try container.decodeIfPresent([Fault].self, forKey: .errors) ?? []
        traceID = try container.decodeIfPresent(String.self, forKey: .traceID)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(title, forKey: .title)
        try container.encode(status, forKey: .status)
        try container.encodeIfPresent(detail, forKey: .detail)
        try container.encode(code, forKey: .code)
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
        try container.encodeIfPresent(traceID, forKey: .traceID)
    }
}

package import API
import FoundationEssentials
package import HTTPClient

/// The client of Weir's own API: what the command line and the tests speak through.
package struct WeirClient: Sendable {
    private let base: String
    private let http: Client

    /// How often a request is sent before its failure is told.
    private static let attempts = 4

    /// - Parameter base: Scheme, host and port of a server: `http://127.0.0.1:8080`.
    package init(base: String, http: Client) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.http = http
    }

    /// Asks for something.
    ///
    /// - Parameters:
    ///   - minimumSeq: The answer holds at least what was recorded up to this seq.
    ///   - asOf: The answer is of the past: a seq, or a time in UTC (RFC 3339).
    /// - Throws: `Problem`, or `ClientError` when there is no answer.
    package func get<Answer>(
        _ endpoint: Endpoint<NoBody, Answer>, _ path: String, query: [(String, String?)] = [], minimumSeq: Int64? = nil,
        asOf: String? = nil
    ) async throws -> Answer {
        var request = Client.Request(.get, base + path + Self.text(of: query + [("as_of", asOf)]))
        if let minimumSeq { request.fields[HeaderName.minimumSeq] = "\(minimumSeq)" }
        return try await send(request, as: Answer.self)
    }

    /// Carries out a command. It is sent again when its fate is unknown: under one idempotency key, so that it is
    /// carried out once.
    ///
    /// - Throws: `Problem`, or `ClientError` when there is no answer.
    package func post<Body, Answer>(
        _ endpoint: Endpoint<Body, Answer>, _ path: String, _ body: Body, idempotencyKey: String = UUID().uuidString
    ) async throws -> Answer {
        var request = Client.Request(
            .post, base + path, body: Array(try WireFormat.encoder().encode(body)), repeatability: .replayable)
        request.fields["Content-Type"] = "application/json"
        request.fields[HeaderName.idempotencyKey] = idempotencyKey
        return try await send(request, as: Answer.self)
    }

    /// Asks for something as it is.
    package func bytes(_ path: String, accept: String) async throws -> [UInt8] {
        var request = Client.Request(.get, base + path)
        request.fields["Accept"] = accept
        request.responseLimit = 256 << 20
        return try await answer(request).body
    }

    /// The log's events as they are recorded, from after `seq` on. The answer's body is server-sent events.
    package func events(after seq: Int64, stream: String) async throws -> Client.StreamedResponse {
        let query = Self.text(of: [("after", "\(seq)"), ("stream", stream)])
        return try await http.stream(Client.Request(.get, base + Endpoints.streamEvents.path() + query))
    }

    package typealias Download = Client.StreamedResponse

    /// An answer that is a text.
    ///
    /// - Throws: `Problem`, or `ClientError` when there is no answer.
    package func text(_ path: String, query: [(String, String?)] = []) async throws -> String {
        try await answer(Client.Request(.get, base + path + Self.text(of: query))).text
    }

    /// An answer that is read as it comes.
    ///
    /// - Throws: `Problem`, or `ClientError` when there is no answer.
    package func download(_ path: String, query: [(String, String?)] = []) async throws -> Client.StreamedResponse {
        let response = try await http.stream(Client.Request(.get, base + path + Self.text(of: query)))
        if (200..<300).contains(response.status) { return response }
        var body: [UInt8] = []
        for try await piece in response.body where body.count < 1 << 16 { body += piece }
        throw Self.problem(Client.Response(head: response.head, body: body))
    }

    private func send<Answer: Decodable>(_ request: Client.Request, as type: Answer.Type) async throws -> Answer {
        try WireFormat.decoder().decode(Answer.self, from: Data(try await answer(request).body))
    }

    private func answer(_ request: Client.Request) async throws -> Client.Response {
        var attempt = 1
        while true {
            do {
                let response = try await http.send(request)
                if (200..<300).contains(response.status) { return response }
                let problem = Self.problem(response)
                guard problem.status == 503, attempt < Self.attempts else { throw problem }
            } catch let error as ClientError {
                guard attempt < Self.attempts else { throw error }
                switch error {
                case .notSent, .outcomeUnknown: break
                case .invalidURL, .invalidRequest, .responseTooLarge, .cancelled: throw error
                }
            }
            try await Task.sleep(for: .milliseconds(100 << attempt))
            attempt += 1
        }
    }

    private static func problem(_ response: Client.Response) -> Problem {
        let problem = try? WireFormat.decoder().decode(Problem.self, from: Data(response.body))
        return problem
            ?? Problem(
                status: response.status, code: "unexpected-answer", title: "HTTP \(response.status)",
                detail: "the server's answer is no problem document: is this a Weir server?")
    }

    private static func text(of query: [(String, String?)]) -> String {
        let pairs = query.compactMap { name, value in
            value.map { "\(name)=\(API.PercentEncoding.encode($0))" }
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}

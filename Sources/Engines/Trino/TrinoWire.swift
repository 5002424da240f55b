import ControlPlane
import Cryptography
import Domain
import FoundationEssentials
import HTTPClient

/// Trino's statement protocol (https://trino.io/docs/current/develop/client-protocol.html) with one coordinator.
struct TrinoWire: Sendable {
    /// Why a coordinator did not answer as it should.
    enum Fault: Error {
        /// It, or something before it, is out of reach for the moment.
        case unreachable(String)
        /// It answered, with another status than the protocol has for success.
        case status(Int, String)
        case tooLarge(limit: Int)
        case notTrino(String)
    }

    /// Bytes of one answer. Pages aim at 1 MB, but hold at least one row.
    static let answerLimit = 64 << 20

    let client: Client
    let settings: TrinoSettings
    let origin: Origin
    private let fields: Client.Fields

    /// - Throws: `RunFailure` where the settings cannot be used.
    init(_ client: Client, _ target: EngineTarget) throws(RunFailureError) {
        guard case .trino(let settings) = target.settings else { preconditionFailure("a connection of another engine") }
        self.client = client
        self.settings = settings
        do throws(ClientError) {
            origin = try Origin(of: settings.url)
        } catch {
            throw RunFailureError(.settings("The connection's url cannot be used: \(error)."))
        }
        var fields: Client.Fields = ["X-Trino-User": settings.user]
        if let password = target.password {
            guard origin.scheme == "https" else {
                throw RunFailureError(.settings("Trino takes a password only over https; use an https url."))
            }
            fields.setBasicAuthorization(user: settings.user, password: password.reveal())
        }
        self.fields = fields
    }

    /// Registers a statement. It does not run before its URI is fetched, so that this may be repeated.
    func register(_ statement: String, mark: AttemptID?) async throws(Fault) -> TrinoPage {
        var request = request(.post, "/v1/statement")
        request.body = Array(statement.utf8)
        request.repeatability = .replayable
        request.fields["Content-Type"] = "text/plain; charset=utf-8"
        if let catalog = settings.catalog { request.fields["X-Trino-Catalog"] = catalog }
        if let schema = settings.schema { request.fields["X-Trino-Schema"] = schema }
        request.fields["X-Trino-Time-Zone"] = "UTC"
        request.fields["X-Trino-Client-Capabilities"] = "PARAMETRIC_DATETIME"
        request.fields["X-Trino-Source"] = mark.map { "weir/\($0)" } ?? "weir"
        if let mark {
            request.fields["X-Trino-Client-Tags"] = "weir,attempt=\(mark)"
            request.fields["X-Trino-Trace-Token"] = mark.description
        }
        return try await page(request)
    }

    /// Fetches the page that a URI leads to. The same URI gives the same page again.
    func page(at uri: String) async throws(Fault) -> TrinoPage {
        try await page(request(.get, at: uri))
    }

    /// Asks for the end of the query that a URI belongs to. It may have ended already.
    func stop(at uri: String) async throws(Fault) {
        var request = request(.delete, at: uri)
        request.repeatability = .replayable
        do {
            _ = try await send(request)
        } catch .status(404, _), .status(410, _) {
            return
        }
    }

    func stop(query: String) async throws(Fault) {
        try await stop(at: url(["v1", "query", query]))
    }

    /// Nil where the coordinator knows no such query.
    func information(of query: String) async throws(Fault) -> TrinoQueryInfo? {
        do {
            return try decode(
                await send(request(.get, at: url(["v1", "query", query], [("pruned", "true")]))).body)
        } catch .status(404, _), .status(410, _) {
            return nil
        }
    }

    func server() async throws(Fault) -> TrinoServerInfo {
        try decode(await send(request(.get, "/v1/info")).body)
    }

    /// Fails with the status 401 or 403 where user or password are refused.
    func signIn() async throws(Fault) {
        do {
            _ = try await send(request(.head, "/v1/statement"))
        } catch .status(405, _) {
            // Servers before 469 cannot be asked.
            return
        }
    }

    // MARK: Requests

    /// Whether a URI leads to the configured coordinator. Another one must get neither the password nor a request.
    func isOurs(_ uri: String) -> Bool {
        (try? Origin(of: uri)) == origin
    }

    private func url(_ path: [String], _ query: [(name: String, value: String)] = []) throws(Fault) -> String {
        do throws(ClientError) {
            return try PercentEncoding.url(settings.url, path: path, query: query)
        } catch {
            throw .notTrino("\(error)")
        }
    }

    private func request(_ method: Client.Method, _ path: String) -> Client.Request {
        request(method, at: settings.url + path)
    }

    private func request(_ method: Client.Method, at url: String) -> Client.Request {
        var request = Client.Request(method, url, fields: fields)
        request.deadline = .seconds(20)
        request.responseLimit = Self.answerLimit
        return request
    }

    private func page(_ request: Client.Request) async throws(Fault) -> TrinoPage {
        let body = try await send(request).body
        let page: TrinoPage
        do {
            page = try TrinoPage.read(body)
        } catch {
            throw .notTrino("the answer is not a page of the statement protocol")
        }
        if let next = page.nextUri, !isOurs(next) {
            throw .notTrino(
                "its next URI leads elsewhere than \(origin); a proxy before Trino has to forward the host it was "
                    + "asked for, and Trino needs http-server.process-forwarded=true")
        }
        return page
    }

    private func send(_ request: Client.Request) async throws(Fault) -> Client.Response {
        let response: Client.Response
        do throws(ClientError) {
            response = try await client.send(request)
        } catch {
            switch error {
            case .responseTooLarge(let limit): throw .tooLarge(limit: limit)
            case .invalidURL(let reason), .invalidRequest(let reason): throw .notTrino(reason)
            case .notSent, .outcomeUnknown, .cancelled: throw .unreachable("\(error)")
            }
        }
        switch response.status {
        case 200..<300: return response
        // From a proxy: Trino itself does not send these for statements.
        case 429, 502, 503, 504: throw .unreachable("status \(response.status)")
        default: throw .status(response.status, String(response.text.prefix(500)))
        }
    }

    private func decode<Document: Decodable>(_ body: [UInt8]) throws(Fault) -> Document {
        do {
            return try JSONDecoder().decode(Document.self, from: Data(body))
        } catch {
            throw .notTrino("the answer is not what Trino's API says")
        }
    }
}

/// A failure of an attempt, on its way to the engine's answer.
struct RunFailureError: Error {
    let failure: RunFailure

    init(_ failure: RunFailure) {
        self.failure = failure
    }
}

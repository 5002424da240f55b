import ControlPlane
import Cryptography
import Domain
import FoundationEssentials
import HTTPClient

/// Trino's REST protocol: single requests, repeated where that is safe, each answer sorted by what it means.
struct TrinoClient: Sendable {
    let http: Client

    /// The answer to a statement or a page.
    enum Answer: Sendable {
        case page(TrinoPage)
        /// Trino does not take it: asking again changes nothing.
        case refused(RunFailure)
        /// Trino no longer has it: 404 or 410.
        case gone(Int)
        case unreachable(String)
    }

    /// What the coordinator's list says of a query.
    enum QueryState: Sendable {
        case known(state: String, error: TrinoError?)
        case unknown
        case unreachable(String)
    }

    /// The longest answer, in bytes: pages aim at 1 MB, but one row may be larger.
    private static let answerLimit = 64 << 20
    /// How often a request is sent again after a passing failure, with pauses of 100 ms, 200 ms, 400 ms …
    private static let attempts = 4

    /// Registers a statement, which starts nothing. Registering it again makes another registration, and starts nothing
    /// either.
    func register(_ statement: String, attempt: AttemptID, at target: EngineTarget) async -> Answer {
        let settings = target.trino
        var request = makeRequest(.post, settings.url + "/v1/statement", target)
        request.body = Array(statement.utf8)
        request.repeatability = .replayable
        request.fields["Content-Type"] = "text/plain; charset=utf-8"
        request.fields["X-Trino-User"] = settings.user
        request.fields["X-Trino-Source"] = "weir"
        request.fields["X-Trino-Client-Tags"] = "weir,attempt=\(attempt)"
        request.fields["X-Trino-Trace-Token"] = "\(attempt)"
        request.fields["X-Trino-Time-Zone"] = "UTC"
        request.fields["X-Trino-Client-Capabilities"] = "PARAMETRIC_DATETIME"
        request.fields["X-Trino-Catalog"] = settings.catalog
        request.fields["X-Trino-Schema"] = settings.schema
        return answer(to: await send(request), limit: 0, at: target)
    }

    /// The page at a URI that Trino gave. The same page may be asked for again.
    func page(_ uri: String, limit: Int, at target: EngineTarget) async -> Answer {
        guard isOwn(uri, target) else { return .refused(foreignURI(uri, target)) }
        return answer(to: await send(makeRequest(.get, uri, target)), limit: limit, at: target)
    }

    /// What became of a query, from the coordinator's list.
    func query(_ id: String, at target: EngineTarget) async -> QueryState {
        let request = makeRequest(.get, target.trino.url + "/v1/query/" + PercentEncoding.encode(id), target)
        switch await send(request) {
        case .failure(let error): return .unreachable("\(error)")
        case .success(let response):
            switch response.status {
            case 404, 410: return .unknown
            case 200:
                guard let info = try? JSONDecoder().decode(QueryInfo.self, from: Data(response.body)) else {
                    return .unreachable("the query's state cannot be read")
                }
                return .known(state: info.state, error: info.error)
            case let status: return .unreachable("HTTP \(status) for the query's state")
            }
        }
    }

    /// Asks Trino to stop a query.
    func cancel(_ uri: String, at target: EngineTarget) async -> Cancellation {
        guard isOwn(uri, target) else { return .unreachable(foreignURI(uri, target).message) }
        var request = makeRequest(.delete, uri, target)
        // Stopping what has stopped changes nothing.
        request.repeatability = .replayable
        switch await send(request) {
        case .failure(let error): return .unreachable("\(error)")
        case .success(let response):
            return response.status < 500 ? .requested : .unreachable("HTTP \(response.status)")
        }
    }

    private struct QueryInfo: Decodable {
        struct Code: Decodable {
            let name: String
            let type: String
        }

        struct Failure: Decodable {
            let message: String?
        }

        let state: String
        let errorCode: Code?
        let failureInfo: Failure?

        var error: TrinoError? {
            errorCode.map {
                TrinoError(message: failureInfo?.message, errorName: $0.name, errorType: $0.type, errorLocation: nil)
            }
        }
    }

    // MARK: Sending

    private func makeRequest(_ method: Client.Method, _ url: String, _ target: EngineTarget) -> Client.Request {
        var request = Client.Request(method, url)
        request.responseLimit = Self.answerLimit
        request.deadline = .seconds(30)
        if let password = target.password {
            request.fields.setBasicAuthorization(user: target.trino.user, password: password.reveal())
        }
        return request
    }

    /// Sends a request that may be repeated: again after failures that pass.
    private func send(_ request: Client.Request) async -> Result<Client.Response, ClientError> {
        var last: Result<Client.Response, ClientError> = .failure(.cancelled(mayHaveBeenSent: false))
        for attempt in 0..<Self.attempts {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(50 << attempt)) }
            if Task.isCancelled { break }
            do {
                let response = try await http.send(request)
                last = .success(response)
                guard [429, 502, 503, 504].contains(response.status) else { return last }
            } catch {
                last = .failure(error)
            }
        }
        return last
    }

    private func answer(
        to outcome: Result<Client.Response, ClientError>, limit: Int, at target: EngineTarget
    ) -> Answer {
        let response: Client.Response
        switch outcome {
        case .failure(let error): return .unreachable("\(error)")
        case .success(let received): response = received
        }
        switch response.status {
        case 200:
            do throws(TrinoPage.Malformed) {
                return .page(try TrinoPage(response.body, limit: limit))
            } catch {
                return .refused(.unexpectedAnswer(error.description))
            }
        case 401, 403:
            return .refused(
                RunFailure(
                    code: "ACCESS_DENIED", fault: .user,
                    message: "Trino refuses the user \(target.trino.user) (HTTP \(response.status): "
                        + "\(response.text.prefix(200))). Check the connection's user and password.",
                    isRetryable: false))
        case 404, 410: return .gone(response.status)
        case 429, 502, 503, 504: return .unreachable("HTTP \(response.status)")
        default:
            return .refused(.unexpectedAnswer("HTTP \(response.status): \(response.text.prefix(200))"))
        }
    }

    /// A URI is only followed to the coordinator that the connection names: its host comes from the network.
    private func isOwn(_ uri: String, _ target: EngineTarget) -> Bool {
        let base = target.trino.url
        return uri.lowercased().hasPrefix(base.lowercased() + "/")
    }

    private func foreignURI(_ uri: String, _ target: EngineTarget) -> RunFailure {
        let host = uri.split(separator: "/", maxSplits: 3).prefix(2).joined(separator: "//")
        return .unexpectedAnswer(
            "it leads to \(host), not to \(target.trino.url); behind a proxy Trino needs "
                + "http-server.process-forwarded=true")
    }

    // MARK: Checking

    private struct Info: Decodable {
        struct Version: Decodable {
            let version: String
        }

        let nodeVersion: Version
        let coordinator: Bool
        let starting: Bool
    }

    /// Whether the coordinator answers, and takes the user.
    ///
    /// - Returns: Its version, and what is wrong.
    func probe(_ target: EngineTarget) async -> (version: String?, reason: String?) {
        let url = target.trino.url
        let info: Info
        switch await send(makeRequest(.get, url + "/v1/info", target)) {
        case .failure(let error):
            return (nil, "Trino could not be reached: \(error). Check the connection's url and that Trino is up.")
        case .success(let response):
            guard response.status == 200, let read = try? JSONDecoder().decode(Info.self, from: Data(response.body))
            else {
                return (
                    nil, "\(url) answers HTTP \(response.status), but not as Trino does. Check the connection's url."
                )
            }
            info = read
        }
        let version = info.nodeVersion.version
        if info.starting { return (version, "Trino is starting. Try again in a moment.") }
        if !info.coordinator { return (version, "\(url) is a worker. Give the coordinator's url.") }
        var head = makeRequest(.head, url + "/v1/statement", target)
        head.fields["X-Trino-User"] = target.trino.user
        switch await send(head) {
        case .failure(let error): return (version, "Trino stopped answering: \(error)")
        case .success(let response):
            switch response.status {
            case 401, 403:
                return (
                    version, "Trino refuses the user \(target.trino.user). Check the connection's user and password."
                )
            // Before Trino 469 there is no such request.
            case 200, 405: return (version, nil)
            case let status: return (version, "Trino answers HTTP \(status) to the user \(target.trino.user).")
            }
        }
    }
}

extension EngineTarget {
    fileprivate var trino: TrinoSettings {
        guard case .trino(let settings) = settings else { preconditionFailure("a connection of another engine") }
        return settings
    }
}

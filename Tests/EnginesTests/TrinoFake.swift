import HTTPServer
import Synchronization

/// A coordinator that keeps the rules of Trino's statement protocol: a query is created by the first fetch of its queued
/// URI, a page can be fetched again until the next one was, and what was forgotten is 404 or 410.
final class TrinoFake: Sendable {
    struct Query: Sendable {
        let statement: String
        let fields: [String: String]
        var isCreated = false
        var isStopped = false
        /// The token of the last page that was made.
        var token = 0
    }

    enum Fault: Sendable {
        /// The answer is this instead, and nothing is done.
        case answer(Int, String)
        /// It is done, but the connection breaks before the answer is complete.
        case loseAnswer
    }

    private struct State {
        var coordinator = "aaaaa"
        var number = 0
        var queries: [String: Query] = [:]
        var faults: [(request: String, fault: Fault)] = []
        var nextURIHost: String?
        var isStarting = false
    }

    /// The members of each page of every query's result, as JSON. An error ends the query.
    let pages: [String]
    private let state = Mutex(State())

    init(pages: [String] = [#""columns":[{"name":"n","type":"integer"}],"data":[[1]]"#]) {
        self.pages = pages
    }

    var queries: [String: Query] { state.withLock { $0.queries } }
    /// Queries that were created, and so run.
    var created: [Query] { queries.values.filter(\.isCreated) }

    /// Has the next request that begins like this (`GET /v1/statement/executing`) meet a fault.
    func fail(_ request: String, _ fault: Fault) {
        state.withLock { $0.faults.append((request, fault)) }
    }

    /// Forgets everything, as a coordinator does when it is started anew.
    func restart() {
        state.withLock { state in
            state.queries = [:]
            state.coordinator = "bbbbb"
        }
    }

    /// Forgets the queries, as a coordinator does after a while.
    func forget() {
        state.withLock { $0.queries = [:] }
    }

    /// Has next URIs lead to another host.
    func misdirect(to host: String) {
        state.withLock { $0.nextURIHost = host }
    }

    func beStarting() {
        state.withLock { $0.isStarting = true }
    }

    // MARK: Routes

    func routes(_ router: inout Router) {
        router.use { [self] request, next in
            switch takeFault("\(request.method) \(request.path)") {
            case nil: return try await next(request)
            case .answer(let status, let text): return .text(text, status: HTTPStatus(status))
            case .loseAnswer:
                _ = try await next(request)
                return .stream(type: "application/json", length: 1000) { _ in throw Lost() }
            }
        }
        router.on(.post, "/v1/statement") { [self] in register($0) }
        router.on(.get, "/v1/statement") { _ in .text("") }
        router.on(.get, "/v1/info") { [self] _ in
            let isStarting = state.withLock { $0.isStarting }
            return json(#"{"nodeVersion":{"version":"476"},"coordinator":true,"starting":\#(isStarting)}"#)
        }
        let uri = "/v1/statement/{phase}/{id}/{slug}/{token}"
        router.on(.get, uri) { [self] in try page($0) }
        router.on(.delete, uri) { [self] in stop($0) }
        router.on(.delete, "/v1/query/{id}") { [self] in stop($0) }
        router.on(.get, "/v1/query/{id}") { [self] request in
            guard let query = query(request), query.isCreated else { return .text("", status: HTTPStatus(410)) }
            let error = #","errorCode":{"name":"USER_CANCELED","type":"USER_ERROR"}"#
            return json(#"{"state":"\#(query.isStopped ? "FAILED" : "RUNNING")"\#(query.isStopped ? error : "")}"#)
        }
    }

    private struct Lost: Error {}

    private func takeFault(_ request: String) -> Fault? {
        state.withLock { state in
            guard let index = state.faults.firstIndex(where: { request.hasPrefix($0.request) }) else { return nil }
            return state.faults.remove(at: index).fault
        }
    }

    private func register(_ request: HTTPRequest) -> HTTPResponse {
        let names = ["User", "Source", "Catalog", "Schema", "Client-Tags", "Trace-Token", "Time-Zone"]
        var fields: [String: String] = [:]
        for name in names { fields[name] = request.fields[HTTPFields.Name("X-Trino-" + name)] }
        let id = state.withLock { state in
            state.number += 1
            let id = "20260101_000000_0000\(state.number)_\(state.coordinator)"
            state.queries[id] = Query(statement: String(decoding: request.body, as: UTF8.self), fields: fields)
            return id
        }
        return document(id, "QUEUED", next: ("queued", 1), request)
    }

    private func page(_ request: HTTPRequest) throws -> HTTPResponse {
        guard let id = request.parameters["id"], let token = request.parameters["token"].flatMap({ Int($0) }) else {
            return .text("", status: .badRequest)
        }
        if request.parameters["phase"] == "queued" {
            let isKnown = state.withLock { state in
                state.queries[id]?.isCreated = true
                return state.queries[id] != nil
            }
            return isKnown
                ? document(id, "QUEUED", next: ("executing", 0), request) : .text("", status: HTTPStatus(404))
        }
        guard let query = query(request), token <= query.token + 1 else { return .text("", status: HTTPStatus(404)) }
        guard token >= query.token else { return .text("Invalid token", status: HTTPStatus(410)) }
        if query.isStopped {
            return document(
                id, "FAILED",
                #","error":{"message":"Query was canceled","errorName":"USER_CANCELED","errorType":"USER_ERROR"}"#,
                next: nil, request)
        }
        state.withLock { $0.queries[id]?.token = token }
        let isLast = token + 1 >= pages.count || pages[token].contains(#""error""#)
        return document(id, "RUNNING", "," + pages[token], next: isLast ? nil : ("executing", token + 1), request)
    }

    private func stop(_ request: HTTPRequest) -> HTTPResponse {
        if let id = request.parameters["id"] { state.withLock { $0.queries[id]?.isStopped = true } }
        return HTTPResponse(status: .noContent)
    }

    private func query(_ request: HTTPRequest) -> Query? {
        request.parameters["id"].flatMap { id in state.withLock { $0.queries[id] } }
    }

    private func document(
        _ id: String, _ state: String, _ members: String = "", next: (phase: String, token: Int)?,
        _ request: HTTPRequest
    ) -> HTTPResponse {
        let host = self.state.withLock { $0.nextURIHost } ?? request.fields[.host] ?? ""
        let uri = next.map { #","nextUri":"http://\#(host)/v1/statement/\#($0.phase)/\#(id)/slug/\#($0.token)""# } ?? ""
        return json(
            #"{"id":"\#(id)","infoUri":"http://\#(host)/ui/query.html?\#(id)","stats":{"state":"\#(state)"}\#(members)\#(uri)}"#
        )
    }

    private func json(_ text: String) -> HTTPResponse { .text(text, type: "application/json") }
}

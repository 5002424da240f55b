import API
import ControlPlane
import Domain
import EventSourcing
import FoundationEssentials
import HTTPServer

/// What every query of the API has in common.
struct QueryHandling: Sendable {
    let readModels: any ReadModels
    let events: any EventStore
    /// The time now: none later can be asked about.
    let now: @Sendable () -> Date

    init(_ dependencies: WebApplication.Dependencies) {
        readModels = dependencies.readModels
        events = dependencies.events
        now = dependencies.environment.now
    }

    /// How long an answer waits for what was just written.
    private static let patience = Duration.seconds(5)

    /// For how many seconds events may still come that were recorded at a time: an append has its time before it is
    /// committed.
    private static let settlingTime = 1.0

    /// Makes a handler of a query, which waits for `Weir-Min-Seq` first, and reads the past where `as_of` asks for it.
    ///
    /// - Parameter parameters: The query's parameters that it knows. Others are refused: a misspelt filter must not
    ///   show everything.
    func handler(
        _ parameters: String..., reading models: Set<ReadModel>,
        work: @escaping @Sendable (HTTPRequest, QueryScope) async throws -> HTTPResponse
    ) -> Handler {
        { request in
            try request.requireQuery(of: parameters + [AsOf.name])
            try await waitForMinimum(request, models)
            let scope = try await scope(of: request, models)
            return try await work(request, scope).marked(asOf: scope.asOf).withoutKnownBody(request)
        }
    }

    /// Makes a handler of a query that no read model answers: it has neither `as_of` nor `Weir-Min-Seq`.
    static func handler(
        _ parameters: String..., work: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) -> Handler {
        { request in
            try request.requireQuery(of: parameters)
            return try await work(request).withoutKnownBody(request)
        }
    }

    private func scope(of request: HTTPRequest, _ models: Set<ReadModel>) async throws -> QueryScope {
        let carried = request.query["cursor"].flatMap { QueryScope.split($0).seq }
        // A form that is sent with the field left empty asks for the present.
        let text = request.query[AsOf.name].flatMap { $0.isEmpty ? nil : $0 }
        guard let asked = try text.map({ try AsOf($0) }) ?? carried.map({ .seq($0) }) else {
            return QueryScope(readModels: readModels, asOf: nil)
        }
        let seq: Int64
        switch asked {
        case .seq(let asked):
            let head = try await events.head()
            guard asked <= head else { throw AsOf.problem("the log has come to \(head) only", code: "out-of-range") }
            seq = asked
        case .time(let time):
            let age = now().timeIntervalSince(time)
            guard age >= 0 else { throw AsOf.problem("lies in the future", code: "out-of-range") }
            // Asked again later, the answer must be the same.
            if age < Self.settlingTime { try await Task.sleep(for: .seconds(Self.settlingTime - age)) }
            seq = try await readModels.seq(at: time)
        }
        guard carried == nil || carried == seq else {
            throw AsOf.problem("the cursor is of a list as of \(carried ?? 0); leave as_of out, or the cursor")
        }
        try await wait(for: seq, models)
        return QueryScope(readModels: readModels.asOf(seq), asOf: seq)
    }

    private func waitForMinimum(_ request: HTTPRequest, _ models: Set<ReadModel>) async throws {
        guard let text = request.fields[HTTPFields.Name(HeaderName.minimumSeq)] else { return }
        guard let seq = Int64(text), seq >= 0 else {
            throw Problem(
                status: 400, code: "min-seq-invalid", title: "Weir-Min-Seq is not a seq",
                errors: [
                    Problem.Fault(parameter: HeaderName.minimumSeq, code: "malformed", detail: "must be a whole number")
                ])
        }
        try await wait(for: seq, models)
    }

    private func wait(for seq: Int64, _ models: Set<ReadModel>) async throws {
        guard try await readModels.wait(for: seq, in: models, timeout: Self.patience) else {
            throw Problem(
                status: 503, code: "read-model-behind", title: "The read model has not come that far",
                detail: "it has not reached seq \(seq) within \(Self.patience); try again in a moment")
        }
    }

    static func json(_ value: some Encodable, version: Int? = nil) throws -> HTTPResponse {
        var response = HTTPResponse.bytes(Array(try WireFormat.encoder().encode(value)), type: "application/json")
        response.fields[.cacheControl] = "no-store"
        if let version { response.fields[.etag] = "\"\(version)\"" }
        return response
    }

    static func found<View>(_ view: View?, _ what: String, _ id: some CustomStringConvertible) throws -> View {
        guard let view else {
            throw Problem(
                status: 404, code: "\(what)-not-found", title: "Not found",
                detail: "there is no \(what) \(id); when it was made a moment ago, send its seq as Weir-Min-Seq")
        }
        return view
    }
}

extension HTTPResponse {
    /// Says what seq the answer is of. What was true of the past is no version to change: its ETag is another one.
    fileprivate func marked(asOf seq: Int64?) -> HTTPResponse {
        guard let seq else { return self }
        var response = self
        response.fields[HTTPFields.Name(HeaderName.asOf)] = "\(seq)"
        if let tag = fields[.etag] { response.fields[.etag] = "\(tag.dropLast())-as-of-\(seq)\"" }
        return response
    }

    /// 304 instead, where the client has the version that the ETag names (RFC 9110, section 13.1.2).
    fileprivate func withoutKnownBody(_ request: HTTPRequest) -> HTTPResponse {
        guard let tag = fields[.etag], let known = request.fields[.ifNoneMatch],
            known.split(separator: ",").contains(where: { $0.filter { $0 != " " } == tag })
        else { return self }
        return HTTPResponse(status: .notModified, fields: fields)
    }
}

extension HTTPRequest {
    /// - Throws: A `Problem` when the query has other parameters, or one of them twice.
    func requireQuery(of known: [String]) throws(Problem) {
        var seen: Set<String> = []
        for pair in query.pairs {
            let isKnown = known.contains(pair.name)
            if isKnown, seen.insert(pair.name).inserted { continue }
            let hint = known.isEmpty ? "none is" : known.joined(separator: ", ")
            throw Problem.invalidParameter(
                String(pair.name.prefix(100)), code: isKnown ? "repeated" : "unknown-parameter",
                isKnown ? "must be given once" : "is not known; known here: \(hint)")
        }
    }

    /// An id in the path.
    func id<Subject>(_ name: String) throws -> Identifier<Subject> {
        guard let text = parameters[name], let id = Identifier<Subject>(text) else {
            throw Problem(
                status: 400, code: "id-invalid", title: "The id is not acceptable",
                errors: [Problem.Fault(parameter: name, code: "malformed", detail: "must be a UUID")])
        }
        return id
    }

    /// An id in the query; nil when it is absent.
    func queryID<Subject>(_ name: String) throws -> Identifier<Subject>? {
        guard let text = query[name] else { return nil }
        guard let id = Identifier<Subject>(text) else {
            throw Problem(
                status: 400, code: "id-invalid", title: "The id is not acceptable",
                errors: [Problem.Fault(parameter: name, code: "malformed", detail: "must be a UUID")])
        }
        return id
    }

    /// A number in the query, within bounds.
    func queryNumber(_ name: String, in range: ClosedRange<Int>, default value: Int) throws -> Int {
        try number(query[name], name, in: range, default: value)
    }

    /// A number in a text that came as a parameter, within bounds.
    func number(
        _ text: String?, _ name: String, in range: ClosedRange<Int>, default value: Int
    ) throws -> Int {
        guard let text else { return value }
        guard let number = Int(text), range.contains(number) else {
            throw Problem.invalidParameter(
                name, code: "out-of-range", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Which page of a list is asked for.
    ///
    /// - Parameter cursor: Where the page before ended.
    func page(cursor: String?) throws -> PageRequest {
        PageRequest(limit: try queryNumber("limit", in: PageRequest.limitRange, default: 50), cursor: cursor)
    }
}

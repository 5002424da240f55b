import API
import ControlPlane
import Domain
import EventSourcing
import FoundationEssentials
import HTTPServer

extension Problem {
    /// What an error means to a client; nil for one that is the server's own.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let rejection as DomainRejection: self.init(rejection)
        case let failure as TransactionFailure: self.init(failure)
        case let refusal as ProofRefusal: self.init(refusal)
        case let fault as LedgerFault: self.init(fault)
        case let error as EventStoreError:
            guard let problem = Problem(store: error) else { return nil }
            self = problem
        case let error as ParameterError:
            self = .invalidParameter(
                error.name, code: "malformed", "the \(error.location.rawValue) parameter is missing or malformed")
        case is InvalidCursor:
            self.init(
                status: 400, code: "cursor-invalid", title: "The cursor is not one of this list",
                detail: "give the next_cursor of the page before, unchanged, or leave cursor out",
                errors: [Fault(parameter: "cursor", code: "malformed", detail: "is not a cursor of this list")])
        default: return nil
        }
    }

    /// A parameter of the query or path that is not acceptable.
    static func invalidParameter(_ name: String, code: String, _ detail: String) -> Problem {
        Problem(
            status: 400, code: "parameter-invalid", title: "A parameter is not acceptable",
            errors: [Fault(parameter: name, code: code, detail: detail)])
    }

    private init(_ rejection: DomainRejection) {
        let status =
            switch rejection.kind {
            case .invalid: 422
            case .notFound: 404
            case .conflict: 409
            }
        let title =
            switch rejection.kind {
            case .invalid: "A value is not acceptable"
            case .notFound: "Not found"
            case .conflict: "Not possible in this state"
            }
        self.init(
            status: status, code: rejection.code, title: title, detail: rejection.message,
            errors: rejection.field.map { [Fault(pointer: $0, code: rejection.code, detail: rejection.message)] } ?? [])
    }

    private init(_ failure: TransactionFailure) {
        switch failure {
        case .nameTaken(let claim, let holder):
            self.init(
                status: 409, code: "name-taken", title: "The name is taken",
                detail: "the name “\(claim.name)” belongs to \(holder.category) \(holder.id); choose another one",
                errors: [Fault(pointer: "/name", code: "name-taken", detail: "belongs to \(holder.id)")])
        case .keyReused(let seq):
            self.init(
                status: 422, code: "idempotency-key-reused", title: "The idempotency key belongs to another request",
                detail:
                    "a different request was recorded under this key (seq \(seq)); use a fresh key for a new request",
                errors: [Fault(parameter: "Idempotency-Key", code: "reused", detail: "belongs to another request")])
        case .streamClosed(let stream):
            self.init(
                status: 409, code: "already-ended", title: "Not possible in this state",
                detail: "\(stream.category) \(stream.id) has ended; nothing more can happen to it")
        case .streamFull(let stream, let limit):
            self.init(
                status: 409, code: "stream-full", title: "The history is as long as one may be",
                detail: """
                    \(stream.category) \(stream.id) has \(limit) events, the most that one may have; nothing was done. \
                    Make a new \(stream.category)
                    """)
        case .contended(let stream):
            self.init(
                status: 503, code: "contended", title: "Too many writers",
                detail: "others were faster in changing \(stream.category) \(stream.id); nothing was done, try again")
        case .fenced:
            self.init(
                status: 503, code: "fenced", title: "Another process has taken over",
                detail: "nothing was done, try again")
        }
    }

    private init?(store error: EventStoreError) {
        switch error {
        case .tooLarge(let what):
            self.init(status: 413, code: "too-large", title: "The request is too large", detail: what)
        case .overloaded:
            self.init(
                status: 503, code: "overloaded", title: "The log takes no more at the moment",
                detail: "nothing was recorded; try again in a moment")
        case .unavailable:
            self.init(
                status: 503, code: "log-unavailable", title: "The log cannot be reached",
                detail: "nothing was recorded; try again in a moment")
        case .outcomeUnknown: self.init(outcomeUnknown: nil)
        case .storeReplaced, .storeBehind:
            self.init(
                status: 503, code: "store-replaced", title: "The log's database was replaced",
                detail: "nothing was recorded; the server starts anew, then look before you try again")
        case .malformed, .corrupt: return nil
        }
    }

    /// - Parameter reason: What cut the command short, if that can be told.
    init(outcomeUnknown reason: String?) {
        self.init(
            status: 503, code: Self.outcomeUnknown, title: "It is not known whether the command was recorded",
            detail: (reason.map { "\($0); " } ?? "")
                + "look before you try again; with an Idempotency-Key the same request can simply be repeated")
    }

    private static let outcomeUnknown = "outcome-unknown"

    /// Whether the same request can be sent again without another look: nothing was recorded, or it is recorded once.
    private func invitesRepetition(of request: HTTPRequest?) -> Bool {
        guard status == 503 else { return false }
        guard code == Self.outcomeUnknown, let request else { return true }
        return request.method.isSafe || request.fields[.idempotencyKey] != nil
    }

    /// As an answer: JSON for programs, a page for browsers.
    func response(to request: HTTPRequest?, requestID: String) -> HTTPResponse {
        var problem = self
        problem.traceID = requestID
        var response: HTTPResponse
        if let request, Self.wantsPage(request) {
            let page = ProblemPage(problem: problem).html.text
            response = .text(page, type: "text/html; charset=utf-8", status: HTTPStatus(status))
        } else {
            // Problems are made of texts and numbers: they always encode.
            let body = (try? WireFormat.encoder().encode(problem)).map { Array($0) } ?? []
            response = .bytes(body, type: Problem.mediaType, status: HTTPStatus(status))
        }
        if invitesRepetition(of: request) { response.fields[.retryAfter] = "1" }
        response.fields[HTTPFields.Name(HeaderName.requestID)] = requestID
        SecurityFields.add(to: &response.fields)
        return response
    }

    private static func wantsPage(_ request: HTTPRequest) -> Bool {
        !request.path.hasPrefix("/api/") && request.fields[.accept]?.contains("text/html") == true
    }
}

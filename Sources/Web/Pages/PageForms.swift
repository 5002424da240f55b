import API
import ControlPlane
import Domain
import EventSourcing
import HTTPServer

/// What the pages' buttons do. The edge has seen to it that a form comes from a page of this server.
struct PageForms: Sendable {
    let runs: RunCommands
    let commands: CommandHandling

    /// What a form is sent under: a second click sends the same one, and nothing is done twice.
    static let keyField = "idempotency_key"
    /// How browsers send forms.
    static let mediaType = "application/x-www-form-urlencoded"
    private static let parameterPrefix = "parameters."
    /// The longest form, in bytes.
    private static let maximumBody = 256 * 1024

    func add(to router: inout Router) {
        let limits = RouteLimits(body: Self.maximumBody)
        router.on(.post, "/runs/{run}/cancel", limits: limits) { request in
            try await commands.noting(request) { try await cancel(request) }
        }
        router.on(.post, "/jobs/{job}/runs", limits: limits) { request in
            try await commands.noting(request) { try await requestRun(request) }
        }
    }

    private func cancel(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id: RunID = try request.id("run")
        _ = try Self.fields(of: request)
        // A run is cancelled once, so that its page needs no key of its own.
        _ = try await runs.cancel(
            id, reason: "asked for on the run's page",
            context: CommandHandling.context(of: request, key: "cancel-\(id)"))
        return PageRoutes.redirect(to: "/runs/\(id)")
    }

    /// A field that is left empty leaves the parameter to its default.
    private func requestRun(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id: JobID = try request.id("job")
        var arguments: [String: String] = [:]
        var key: String?
        for pair in try Self.fields(of: request).pairs where !pair.value.isEmpty {
            if pair.name == Self.keyField {
                key = pair.value
                continue
            }
            guard pair.name.hasPrefix(Self.parameterPrefix) else {
                throw Problem(
                    status: 400, code: "form-malformed", title: "The form cannot be read",
                    errors: [
                        .init(
                            parameter: String(pair.name.prefix(100)), code: "unknown-field",
                            detail: "is not a field of it")
                    ])
            }
            arguments[String(pair.name.dropFirst(Self.parameterPrefix.count))] = pair.value
        }
        let receipt = try await runs.request(
            id, arguments: arguments, context: CommandHandling.context(of: request, key: key))
        return PageRoutes.redirect(to: "/runs/\(receipt.id)")
    }

    /// The fields of a form's body, which is written like a query (WHATWG URL, section 5).
    private static func fields(of request: HTTPRequest) throws -> QueryParameters {
        guard request.fields.hasMediaType(Self.mediaType) else { throw Problem.notForm }
        guard let text = String(validating: request.body, as: UTF8.self), let target = try? RequestTarget("/?" + text)
        else {
            throw Problem(status: 400, code: "form-malformed", title: "The form cannot be read")
        }
        return target.query
    }
}

extension Problem {
    static let notForm = Problem(
        status: 415, code: "unsupported-media-type", title: "The body's media type is not taken",
        detail: "this address takes forms; programs use the API under /api/v1")
}

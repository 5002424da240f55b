import API
import ControlPlane
import Cryptography
import Domain
import EventSourcing
import FoundationEssentials
import HTTPServer

/// What every command of the API has in common: body, idempotency, answer, and the note of a refusal.
struct CommandHandling: Sendable {
    let refusals: RefusalLog

    /// Makes a handler of a command.
    ///
    /// - Parameters:
    ///   - status: Of the answer when it was carried out.
    ///   - location: The path of what was made.
    func handler<Subject>(
        status: HTTPStatus, location: (@Sendable (String) -> String)? = nil,
        _ work: @escaping @Sendable (HTTPRequest, BodyReader, CommandContext) async throws -> CommandReceipt<Subject>
    ) -> Handler {
        { request in
            try await noting(request) {
                let body = try Self.body(of: request)
                let receipt = try await work(request, body, try Self.context(of: request))
                return Self.response(
                    Self.text(of: receipt), receipt: receipt, status: status, location: location?("\(receipt.id)"))
            }
        }
    }

    /// Turns strangers away before the handler; what they wanted to change is noted.
    func guarding(_ request: HTTPRequest, by edge: LoopbackGuard, _ next: Handler) async throws -> HTTPResponse {
        do {
            try edge.check(request)
        } catch {
            // A stranger's query leaves no trace in the log, by being refused either.
            if request.method.isSafe || request.route == nil { throw error }
            return try await noting(request) { throw error }
        }
        return try await next(request)
    }

    /// Runs `work`, and notes in the log when it was refused.
    func noting(_ request: HTTPRequest, _ work: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        do {
            return try await work()
        } catch {
            guard let problem = Problem(error) else { throw error }
            if (400..<500).contains(problem.status), let identity = request.identity {
                let command = "\(request.method.rawValue) \(request.route ?? "")"
                // The title and not the detail, which may repeat what the client sent.
                let refused = CommandRefused(command: command, code: problem.code, message: problem.title)
                // The client's answer does not wait for a log that cannot be reached: it says so at the next command.
                try? await refusals.note(refused, metadata: identity.metadata)
            }
            throw problem
        }
    }

    /// A `CommandAnswer`. Written by hand: every command of a busy client comes through here.
    private static func text<Subject>(of receipt: CommandReceipt<Subject>) -> String {
        let seq = receipt.seq.map { ",\"seq\":\($0)" } ?? ""
        let version = receipt.version.map { ",\"version\":\($0)" } ?? ""
        return "{\"id\":\"\(receipt.id)\"\(seq)\(version)}"
    }

    static func response<Subject>(
        _ json: String, receipt: CommandReceipt<Subject>, status: HTTPStatus, location: String?
    ) -> HTTPResponse {
        var response = HTTPResponse.text(json, type: "application/json", status: status)
        if let location { response.fields["Location"] = location }
        if let seq = receipt.seq { response.fields[HTTPFields.Name(HeaderName.seq)] = "\(seq)" }
        if let version = receipt.version { response.fields[.etag] = "\"\(version)\"" }
        if receipt.isReplay { response.fields[HTTPFields.Name(HeaderName.idempotencyReplayed)] = "true" }
        return response
    }

    /// The body as a JSON object; an absent one is an empty object.
    static func body(of request: HTTPRequest) throws -> BodyReader {
        if request.body.isEmpty { return try BodyReader(Array("{}".utf8)) }
        guard request.fields.hasMediaType("application/json") else {
            throw Problem(
                status: 415, code: "media-type", title: "The body must be JSON",
                detail: "send it with Content-Type: application/json")
        }
        return try BodyReader(request.body)
    }

    /// Who asks for the command, and under which key.
    ///
    /// - Parameter own: The key that a page gave; nil leaves it to the field `Idempotency-Key`.
    static func context(of request: HTTPRequest, key own: String? = nil) throws -> CommandContext {
        guard let identity = request.identity else { preconditionFailure("a route without identity middleware") }
        var metadata = identity.metadata
        let keys = own.map { [$0] } ?? request.fields.values(.idempotencyKey)
        guard let key = keys.first else { return CommandContext(metadata: metadata) }
        guard keys.count == 1, (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Problem(
                status: 400, code: "idempotency-key-invalid", title: "The idempotency key is not acceptable",
                errors: [
                    Problem.Fault(
                        parameter: "Idempotency-Key", code: "malformed",
                        detail: "must be 1 to 200 visible ASCII characters")
                ])
        }
        metadata.idempotencyKey = key
        let subject = "\(request.method.rawValue) \(request.path)"
        let fingerprint = SHA256Digest(of: Array(subject.utf8) + [0x0A] + request.body).bytes
        let route = "\(identity.actor) \(request.method.rawValue) \(request.route ?? "")"
        return CommandContext(
            metadata: metadata, idempotency: IdempotencyKey(scope: route, key: key, fingerprint: fingerprint))
    }
}

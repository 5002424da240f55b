import API
import Foundation
import HTTPClient

/// Requests as no proper client would send them, and what comes back.
struct RawSession: Sendable {
    let base: String
    private let http: Client

    init(_ base: String) throws {
        self.base = base
        http = try Client()
    }

    /// A request, byte by byte.
    struct Request: Sendable {
        var method: Client.Method
        /// With its query.
        var path: String
        var body: [UInt8]?
        var fields: [String: String]

        static func get(_ path: String, fields: [String: String] = [:]) -> Request {
            Request(method: .get, path: path, body: nil, fields: fields)
        }

        static func post(
            _ path: String, _ body: String, type: String = "application/json", fields: [String: String] = [:]
        ) -> Request {
            Request(
                method: .post, path: path, body: Array(body.utf8),
                fields: fields.merging(["Content-Type": type]) { own, _ in own })
        }
    }

    /// What came back, whatever it is.
    struct Answer: Sendable {
        let status: Int
        let fields: Client.Fields
        let body: [UInt8]

        /// The answer to a command that was carried out.
        var command: CommandAnswer {
            get throws { try WireFormat.decoder().decode(CommandAnswer.self, from: Data(body)) }
        }

        var problem: Problem {
            get throws { try WireFormat.decoder().decode(Problem.self, from: Data(body)) }
        }
    }

    /// Sends a request once.
    func send(_ request: Request) async throws -> Answer {
        var sent = Client.Request(request.method, base + request.path, body: request.body, repeatability: .once)
        for (name, value) in request.fields { sent.fields[name] = value }
        let answer = try await http.send(sent)
        return Answer(status: answer.status, fields: answer.fields, body: answer.body)
    }
}

import API
import APIClient
import Foundation
import HTTPClient
import Terminal

/// What the commands that speak to a server share: the server, and how the answer is written.
struct Session {
    let client: WeirClient
    private let isJSON: Bool

    static let options = [
        Option("server", "URL", "the server", default: "http://127.0.0.1:8080", variable: "WEIR_SERVER"),
        Option("output", "FORMAT", "table, for people, or json, for programs", default: "table"),
    ]

    init(_ arguments: Arguments) throws {
        switch try arguments.require("output") {
        case "table": isJSON = false
        case "json": isJSON = true
        case let other: throw UsageError("--output must be table or json, not “\(other)”")
        }
        client = WeirClient(base: try arguments.require("server"), http: try Client())
    }

    /// Writes one document for programs, or a table for people.
    func show(_ value: some Encodable, _ table: () -> String) throws {
        if isJSON {
            let encoder = WireFormat.encoder()
            encoder.outputFormatting.insert(.prettyPrinted)
            print(String(decoding: try encoder.encode(value), as: UTF8.self))
        } else {
            print(table())
        }
    }

    /// The workspace of this id or name.
    func workspace(_ reference: String) async throws -> String {
        if UUID(uuidString: reference) != nil { return reference }
        let found = try await client.get(
            Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), query: [("name", reference)])
        guard let workspace = found.items.first else { throw UsageError("there is no workspace “\(reference)”") }
        return workspace.id
    }

    /// The connection of this id, or of this name in the workspace that `--workspace` names.
    func connection(_ reference: String, in workspace: String?) async throws -> String {
        if UUID(uuidString: reference) != nil { return reference }
        let workspace = try await self.workspace(try Self.required(workspace, for: reference))
        let found = try await client.get(
            Endpoints.listConnections, Endpoints.listConnections.path(workspace), query: [("name", reference)])
        guard let connection = found.items.first else { throw UsageError("there is no connection “\(reference)”") }
        return connection.id
    }

    /// The job of this id, or of this name in the workspace that `--workspace` names.
    func job(_ reference: String, in workspace: String?) async throws -> String {
        if UUID(uuidString: reference) != nil { return reference }
        let workspace = try await self.workspace(try Self.required(workspace, for: reference))
        let found = try await client.get(
            Endpoints.listJobs, Endpoints.listJobs.path(workspace), query: [("name", reference)])
        guard let job = found.items.first else { throw UsageError("there is no job “\(reference)”") }
        return job.id
    }

    private static func required(_ workspace: String?, for reference: String) throws -> String {
        guard let workspace else {
            throw UsageError("“\(reference)” is a name: say with --workspace which workspace it is in, or give the id")
        }
        return workspace
    }
}

/// Times and answers, for people.
enum Text {
    static func time(_ date: Date?) -> String {
        guard let date else { return "" }
        return String(WireTime.format(date).prefix(19)).split(separator: "T").joined(separator: " ")
    }

    static func answer(_ answer: CommandAnswer) -> String {
        answer.seq.map { "\(answer.id)  (seq \($0))" } ?? "\(answer.id)  (had been done before)"
    }
}

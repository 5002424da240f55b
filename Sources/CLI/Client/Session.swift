import API
import APIClient
import Foundation
import HTTPClient
import Terminal

/// What the commands that speak to a server share: the server, and how the answer is written.
struct Session {
    enum Output: String, CaseIterable {
        case table
        case json
    }

    static let server = Option(
        "server", .text, default: "http://127.0.0.1:8080", placeholder: "URL", environment: "WEIR_SERVER",
        summary: "the server")
    static let output = Option(
        "output", short: "o", .choice(Output.self), default: .table, placeholder: "FORMAT",
        summary: "table, for people, or json, for programs")
    static let options: [any ParameterDeclaration] = [server, output]

    let client: WeirClient
    let console: Console
    private let output: Output

    init(_ arguments: Arguments, _ console: Console) throws {
        client = try Self.client(arguments)
        output = arguments[Self.output]
        self.console = console
    }

    static func client(_ arguments: Arguments) throws -> WeirClient {
        WeirClient(base: arguments[server], http: try Client())
    }

    /// Writes one document for programs, or a text for people.
    func show(_ value: some Encodable, _ text: () -> String) throws {
        switch output {
        case .json:
            let encoder = WireFormat.encoder()
            encoder.outputFormatting.insert(.prettyPrinted)
            console.writeLine(String(decoding: try encoder.encode(value), as: UTF8.self))
        case .table: console.writeLine(text())
        }
    }

    /// Writes one document for programs, or a table for people.
    func show(_ page: some Encodable, next cursor: String?, _ table: () -> Table) throws {
        try show(page) {
            console.text(of: table()) + (cursor.map { "\n(more with --cursor \($0))" } ?? "")
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

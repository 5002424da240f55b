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
        return try await named(reference, "workspace") {
            try await client.get(
                Endpoints.listWorkspaces, Endpoints.listWorkspaces.path(), query: [("name", reference)])
        }.id
    }

    /// The connection of this id, or of this name in the workspace that `--workspace` names.
    func connection(_ reference: String, in workspace: String?) async throws -> String {
        if UUID(uuidString: reference) != nil { return reference }
        let workspace = try await self.workspace(try Self.required(workspace, for: reference))
        return try await named(reference, "connection") {
            try await client.get(
                Endpoints.listConnections, Endpoints.listConnections.path(workspace), query: [("name", reference)])
        }.id
    }

    /// The job of this id, or of this name in the workspace that `--workspace` names.
    func job(_ reference: String, in workspace: String?) async throws -> String {
        if UUID(uuidString: reference) != nil { return reference }
        let workspace = try await self.workspace(try Self.required(workspace, for: reference))
        return try await named(reference, "job") {
            try await client.get(Endpoints.listJobs, Endpoints.listJobs.path(workspace), query: [("name", reference)])
        }.id
    }

    /// How often a name is looked for, a tenth of a second apart.
    private static let looks = 10

    /// What has this name. What the command before made may not be in the read models yet, so that a name which is not
    /// found is looked for a little longer.
    private func named<Item>(_ name: String, _ kind: String, _ look: () async throws -> List<Item>) async throws -> Item
    {
        for number in 1...Self.looks {
            if let found = try await look().items.first { return found }
            if number < Self.looks { try await Task.sleep(for: .milliseconds(100)) }
        }
        throw UsageError("there is no \(kind) “\(name)”")
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

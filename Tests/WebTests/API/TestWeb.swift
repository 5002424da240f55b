import API
import ControlPlane
import Domain
import EventSourcing
import Foundation
import HTTPServer
import Synchronization
import Telemetry
import Testing
import Web

/// The whole web application over a log in memory.
struct TestWeb {
    let store = MemoryEventStore(now: { RunSamples.start })
    let secrets = MemorySecrets()
    let readModels: MemoryReadModels
    let application: WebApplication
    let routes: RouteTable
    /// What went to the server's log.
    let entries = LogEntries()

    init(
        _ content: MemoryReadModels.Content = .init(), rows: [String] = [], store broken: (any EventStore)? = nil,
        readiness: [(name: String, check: @Sendable () async throws -> Void)] = [], publicOrigin: PublicOrigin? = nil
    ) {
        readModels = MemoryReadModels(content)
        let store: any EventStore = broken ?? store
        let transactor = Transactor(store: store)
        let environment = Environment(now: { RunSamples.now }, makeUUID: { UUID.version7(at: RunSamples.now) })
        let engines = EngineDirectory(
            engines: EngineKind.allCases.map { IdleEngine(kind: $0) }, transactor: transactor, secrets: secrets)
        let entries = entries
        application = WebApplication(
            .init(
                workspaces: WorkspaceCommands(transactor: transactor, environment: environment),
                connections: ConnectionCommands(
                    transactor: transactor, environment: environment, secrets: secrets, engines: engines),
                jobs: JobCommands(transactor: transactor, environment: environment),
                runs: RunCommands(transactor: transactor, environment: environment),
                refusals: RefusalLog(transactor: transactor, environment: environment), events: store,
                attempts: FixedRows(rows: rows), readModels: readModels, environment: environment,
                publicOrigin: publicOrigin, readiness: readiness,
                isOutage: { $0 is Outage }),
            log: Log(level: .debug) { entries.add($0.line(.json)) })
        routes = application.routes
    }

    /// A request as a program on the same machine sends it.
    func get(_ target: String, _ fields: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, target, nil, fields)
    }

    func post(_ target: String, _ body: String?, _ fields: HTTPFields = [:]) async throws -> Answer {
        var all: HTTPFields = body == nil ? [:] : [.contentType: "application/json"]
        for field in fields { all[field.name] = field.value }
        return try await send(.post, target, body, all)
    }

    func send(_ method: HTTPMethod, _ target: String, _ body: String?, _ fields: HTTPFields) async throws -> Answer {
        var fields = fields
        if fields[.host] == nil { fields[.host] = "127.0.0.1:8080" }
        let request = try HTTPRequest(method, target, fields: fields, body: Array((body ?? "").utf8))
        return Answer(response: await routes.answer(request))
    }

    /// The types of all events of the log.
    func recorded() async throws -> [String] {
        try await store.readAll(after: 0, limit: 1_000).map(\.event.type)
    }

    /// Makes a workspace, and a connection in it.
    func makeConnection() async throws -> (workspace: String, connection: String) {
        let workspace = try await post("/api/v1/workspaces", #"{"name":"finance"}"#).id
        let connection = try await post(
            "/api/v1/workspaces/\(workspace)/connections",
            #"{"name":"lake","engine":"trino","settings":{"url":"http://trino:8080","user":"weir"}}"#
        ).id
        return (workspace, connection)
    }
}

/// An adapter that cannot reach what it speaks to.
struct Outage: Error {}

/// Lines of a log.
final class LogEntries: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

/// An answer, taken apart for expectations.
struct Answer {
    let response: HTTPResponse

    var status: Int { response.status.code }
    var text: String { String(decoding: response.bytes ?? [], as: UTF8.self) }

    func field(_ name: String) -> String? { response.fields[HTTPFields.Name(name)] }

    var json: JSONValue {
        get throws { try WireFormat.decoder().decode(JSONValue.self, from: Data(response.bytes ?? [])) }
    }

    var problem: Problem {
        get throws { try WireFormat.decoder().decode(Problem.self, from: Data(response.bytes ?? [])) }
    }

    /// The id in the answer to a command.
    var id: String {
        get throws {
            try #require(try json["id"]?.string, "no id in: \(text)")
        }
    }
}

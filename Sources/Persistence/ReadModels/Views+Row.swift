import ControlPlane
import Domain
import EventSourcing
import FoundationEssentials
import Postgres

extension PostgresRow {
    /// A JSON column as a value of the domain.
    fileprivate func json<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let text: String = try decodeOptional(column) else { return nil }
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    fileprivate func requiredJSON<Value: Decodable>(_ column: String) throws -> Value {
        guard let value: Value = try json(column) else { throw EventStoreError.corrupt("column \(column) is NULL") }
        return value
    }

    fileprivate func id<Subject>(_ column: String) throws -> Identifier<Subject> {
        Identifier(try decode(column))
    }
}

extension WorkspaceView {
    init(row: PostgresRow) throws {
        self.init(
            id: try row.id("id"), name: try row.decode("name"), description: try row.decode("description"),
            createdAt: try row.decode("created_at"), version: try row.decode("version"))
    }
}

extension ConnectionView {
    init(row: PostgresRow) throws {
        self.init(
            id: try row.id("id"), workspace: try row.id("workspace_id"), name: try row.decode("name"),
            settings: try row.requiredJSON("settings"), hasSecret: try row.decode("has_secret"),
            lastCheck: try row.json("last_check"), checkedAt: try row.decodeOptional("checked_at"),
            createdAt: try row.decode("created_at"), version: try row.decode("version"))
    }
}

extension JobView {
    init(row: PostgresRow) throws {
        self.init(
            id: try row.id("id"), workspace: try row.id("workspace_id"), name: try row.decode("name"),
            jobVersion: try row.decode("job_version"), definition: try row.requiredJSON("definition"),
            createdAt: try row.decode("created_at"), version: try row.decode("version"))
    }
}

extension RunView {
    init(row: PostgresRow) throws {
        let engine: String = try row.decode("engine")
        guard let engine = EngineKind(rawValue: engine) else {
            throw EventStoreError.corrupt("“\(engine)” is not an engine")
        }
        self.init(
            id: try row.id("id"), workspace: try row.id("workspace_id"),
            workspaceName: try row.decode("workspace_name"), job: try row.id("job_id"),
            jobName: try row.decode("job_name"), jobVersion: try row.decode("job_version"),
            connection: try row.id("connection_id"), engine: engine, statement: try row.decode("statement"),
            status: try row.decode("status"), queueReason: try row.decodeOptional("queue_reason"),
            attempts: try row.decode("attempts"),
            attempt: try row.decodeOptional("attempt_id", as: UUID.self).map { AttemptID($0) },
            externalID: try row.decodeOptional("external_id"), link: try row.decodeOptional("link"),
            progress: try row.json("progress"), cancelReason: try row.decodeOptional("cancel_reason"),
            failure: try row.json("failure"), unknownReason: try row.decodeOptional("unknown_reason"),
            result: try row.json("result"), requestedBy: try row.decode("requested_by"),
            requestedAt: try row.decode("requested_at"), startedAt: try row.decodeOptional("started_at"),
            endedAt: try row.decodeOptional("ended_at"), deadline: try row.decode("deadline"),
            version: try row.decode("version"))
    }
}

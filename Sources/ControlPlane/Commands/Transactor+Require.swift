import Domain
import EventSourcing

/// What commands refer to must exist: read from the log itself, not from a read model that may lag.
extension Transactor {
    @discardableResult
    func requireWorkspace(_ id: WorkspaceID) async throws -> WorkspaceState {
        let loaded = try await load(
            WorkspaceDecider.self, StreamName(category: WorkspaceCodec.category, id: id.description))
        guard loaded.state.exists else {
            throw DomainRejection(
                .notFound, code: "workspace-not-found", "there is no workspace \(id); list workspaces to see their ids")
        }
        return loaded.state
    }

    func requireConnection(_ id: ConnectionID, field: String? = nil) async throws -> ConnectionCreated {
        let loaded = try await load(
            ConnectionDecider.self, StreamName(category: ConnectionCodec.category, id: id.description))
        guard let created = loaded.state.created else {
            throw DomainRejection(
                field == nil ? .notFound : .invalid, code: "connection-not-found", field: field,
                "there is no connection \(id); list the workspace's connections to see their ids")
        }
        return created
    }
}

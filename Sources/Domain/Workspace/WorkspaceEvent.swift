import EventSourcing

/// What has happened to a workspace.
package enum WorkspaceEvent: Hashable, Sendable {
    case created(WorkspaceCreated)
    case described(WorkspaceDescribed)
}

package struct WorkspaceCreated: EventPayload {
    package static let type = "workspace.created"
    package let name: String
    package let description: String

    package init(name: String, description: String) {
        self.name = name
        self.description = description
    }
}

package struct WorkspaceDescribed: EventPayload {
    package static let type = "workspace.described"
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

import EventSourcing

/// What has happened to a job.
package enum JobEvent: Hashable, Sendable {
    case created(JobCreated)
    case versionPublished(JobVersionPublished)
}

package struct JobCreated: EventPayload {
    package static let type = "job.created"
    package let workspace: WorkspaceID
    package let name: String

    package init(workspace: WorkspaceID, name: String) {
        self.workspace = workspace
        self.name = name
    }

    enum CodingKeys: String, CodingKey {
        case workspace = "workspace_id"
        case name
    }
}

package struct JobVersionPublished: EventPayload {
    package static let type = "job.version_published"
    /// From 1, without gaps.
    package let version: Int
    package let definition: JobDefinition

    package init(version: Int, definition: JobDefinition) {
        self.version = version
        self.definition = definition
    }
}

package import Domain
package import FoundationEssentials

/// A workspace as lists and pages show it.
package struct WorkspaceView: Hashable, Sendable {
    package let id: WorkspaceID
    package let name: String
    package let description: String
    package let createdAt: Date
    /// The version of its stream that this was made from.
    package let version: Int

    package init(id: WorkspaceID, name: String, description: String, createdAt: Date, version: Int) {
        self.id = id
        self.name = name
        self.description = description
        self.createdAt = createdAt
        self.version = version
    }
}

/// A connection as lists and pages show it.
package struct ConnectionView: Sendable {
    package let id: ConnectionID
    package let workspace: WorkspaceID
    package let name: String
    package let settings: ConnectionSettings
    package let hasSecret: Bool
    /// What the last check found, and when; nil before the first.
    package let lastCheck: ConnectionChecked?
    package let checkedAt: Date?
    package let createdAt: Date
    package let version: Int

    package init(
        id: ConnectionID, workspace: WorkspaceID, name: String, settings: ConnectionSettings, hasSecret: Bool,
        lastCheck: ConnectionChecked?, checkedAt: Date?, createdAt: Date, version: Int
    ) {
        self.id = id
        self.workspace = workspace
        self.name = name
        self.settings = settings
        self.hasSecret = hasSecret
        self.lastCheck = lastCheck
        self.checkedAt = checkedAt
        self.createdAt = createdAt
        self.version = version
    }
}

/// A job as lists and pages show it, with its newest version.
package struct JobView: Sendable {
    package let id: JobID
    package let workspace: WorkspaceID
    package let name: String
    /// The number of the newest version of the definition.
    package let jobVersion: Int
    package let definition: JobDefinition
    package let createdAt: Date
    package let version: Int

    package init(
        id: JobID, workspace: WorkspaceID, name: String, jobVersion: Int, definition: JobDefinition, createdAt: Date,
        version: Int
    ) {
        self.id = id
        self.workspace = workspace
        self.name = name
        self.jobVersion = jobVersion
        self.definition = definition
        self.createdAt = createdAt
        self.version = version
    }
}

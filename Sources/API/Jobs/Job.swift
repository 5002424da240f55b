package import FoundationEssentials

package struct JobResource: Codable, Hashable, Sendable {
    package let id: String
    package let workspaceID: String
    package let name: String
    /// The number of the newest version of the definition.
    package let jobVersion: Int
    /// The newest version, with every value given.
    package let definition: JobSpecification
    package let createdAt: Date
    package let version: Int

    package init(
        id: String, workspaceID: String, name: String, jobVersion: Int, definition: JobSpecification, createdAt: Date,
        version: Int
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.name = name
        self.jobVersion = jobVersion
        self.definition = definition
        self.createdAt = createdAt
        self.version = version
    }

    enum CodingKeys: String, CodingKey {
        case id, name, definition, version
        case workspaceID = "workspace_id"
        case jobVersion = "job_version"
        case createdAt = "created_at"
    }
}

/// `{"name": …}` and, beside it, the fields of a `JobSpecification`.
package struct CreateJob: Encodable, Hashable, Sendable {
    package let name: String
    package let definition: JobSpecification

    package init(name: String, definition: JobSpecification) {
        self.name = name
        self.definition = definition
    }

    enum CodingKeys: String, CodingKey {
        case name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try definition.encode(to: encoder)
    }
}

/// A new version of a job is a whole `JobSpecification`.
package typealias PublishJobVersion = JobSpecification

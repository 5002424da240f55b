package import FoundationEssentials

package struct WorkspaceResource: Codable, Hashable, Sendable {
    package let id: String
    package let name: String
    package let description: String
    package let createdAt: Date
    package let version: Int

    package init(id: String, name: String, description: String, createdAt: Date, version: Int) {
        self.id = id
        self.name = name
        self.description = description
        self.createdAt = createdAt
        self.version = version
    }

    enum CodingKeys: String, CodingKey {
        case id, name, description, version
        case createdAt = "created_at"
    }
}

package struct CreateWorkspace: Codable, Hashable, Sendable {
    package let name: String
    /// Empty where it is not given.
    package let description: String?

    package init(name: String, description: String? = nil) {
        self.name = name
        self.description = description
    }
}

package import FoundationEssentials

package struct ConnectionResource: Codable, Hashable, Sendable {
    package let id: String
    package let workspaceID: String
    package let name: String
    package let settings: EngineSettings
    /// Whether a password is kept for it. The password itself is never answered.
    package let hasSecret: Bool
    /// What the last check found; absent before the first.
    package let lastCheck: ConnectionCheck?
    package let checkedAt: Date?
    package let createdAt: Date
    package let version: Int

    package init(
        id: String, workspaceID: String, name: String, settings: EngineSettings, hasSecret: Bool,
        lastCheck: ConnectionCheck?, checkedAt: Date?, createdAt: Date, version: Int
    ) {
        self.id = id
        self.workspaceID = workspaceID
        self.name = name
        self.settings = settings
        self.hasSecret = hasSecret
        self.lastCheck = lastCheck
        self.checkedAt = checkedAt
        self.createdAt = createdAt
        self.version = version
    }

    enum CodingKeys: String, CodingKey {
        case id, name, version
        case workspaceID = "workspace_id"
        case hasSecret = "has_secret"
        case lastCheck = "last_check"
        case checkedAt = "checked_at"
        case createdAt = "created_at"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        workspaceID = try container.decode(String.self, forKey: .workspaceID)
        name = try container.decode(String.self, forKey: .name)
        settings = try EngineSettings(from: decoder)
        hasSecret = try container.decode(Bool.self, forKey: .hasSecret)
        lastCheck = try container.decodeIfPresent(ConnectionCheck.self, forKey: .lastCheck)
        checkedAt = try container.decodeIfPresent(Date.self, forKey: .checkedAt)
        createdAt = try container.decode(Date.self, forKey: .createdAt)
        version = try container.decode(Int.self, forKey: .version)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(workspaceID, forKey: .workspaceID)
        try container.encode(name, forKey: .name)
        try settings.encode(to: encoder)
        try container.encode(hasSecret, forKey: .hasSecret)
        try container.encodeIfPresent(lastCheck, forKey: .lastCheck)
        try container.encodeIfPresent(checkedAt, forKey: .checkedAt)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(version, forKey: .version)
    }
}

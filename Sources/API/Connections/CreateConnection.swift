/// `{"name": …, "engine": "trino" | "postgres", "settings": {…}, "secret": {"password": …}}`
package struct CreateConnection: Encodable, Sendable {
    package let name: String
    package let settings: EngineSettings
    /// Written into the request and nowhere else.
    package let password: String?

    package init(name: String, settings: EngineSettings, password: String? = nil) {
        self.name = name
        self.settings = settings
        self.password = password
    }

    enum CodingKeys: String, CodingKey {
        case name, secret
    }

    enum SecretKeys: String, CodingKey {
        case password
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try settings.encode(to: encoder)
        guard let password else { return }
        var secret = container.nestedContainer(keyedBy: SecretKeys.self, forKey: .secret)
        try secret.encode(password, forKey: .password)
    }
}

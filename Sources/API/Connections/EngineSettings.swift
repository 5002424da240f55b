/// Where an engine is and how it is spoken to: the fields `engine` and `settings` of a connection.
package enum EngineSettings: Hashable, Sendable {
    case trino(TrinoAddress)
    case postgres(PostgresAddress)

    /// The value of `engine`.
    package var engine: String {
        switch self {
        case .trino: "trino"
        case .postgres: "postgres"
        }
    }
}

package struct TrinoAddress: Codable, Hashable, Sendable {
    /// Scheme, host and port of the coordinator.
    package let url: String
    package let user: String
    package let catalog: String?
    package let schema: String?

    package init(url: String, user: String, catalog: String? = nil, schema: String? = nil) {
        self.url = url
        self.user = user
        self.catalog = catalog
        self.schema = schema
    }
}

package struct PostgresAddress: Codable, Hashable, Sendable {
    package let host: String
    /// 5432 where it is not given.
    package let port: Int?
    package let database: String
    package let user: String
    /// `disable`, `require` or `verify-full`, which it is where it is not given.
    package let tlsMode: String?

    package init(host: String, port: Int? = nil, database: String, user: String, tlsMode: String? = nil) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.tlsMode = tlsMode
    }

    enum CodingKeys: String, CodingKey {
        case host, port, database, user
        case tlsMode = "tls_mode"
    }
}

extension EngineSettings {
    enum CodingKeys: String, CodingKey {
        case engine, settings
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .engine) {
        case "trino": self = .trino(try container.decode(TrinoAddress.self, forKey: .settings))
        case "postgres": self = .postgres(try container.decode(PostgresAddress.self, forKey: .settings))
        case let engine:
            throw DecodingError.dataCorruptedError(
                forKey: .engine, in: container, debugDescription: "the engine \(engine) is not known to this client")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(engine, forKey: .engine)
        switch self {
        case .trino(let address): try container.encode(address, forKey: .settings)
        case .postgres(let address): try container.encode(address, forKey: .settings)
        }
    }
}

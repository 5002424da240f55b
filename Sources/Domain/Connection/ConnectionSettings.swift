/// Where an engine is and how it is spoken to, without any secret.
package enum ConnectionSettings: Hashable, Sendable, Codable {
    case trino(TrinoSettings)
    case postgres(PostgresSettings)

    package var kind: EngineKind {
        switch self {
        case .trino: .trino
        case .postgres: .postgres
        }
    }

    enum CodingKeys: String, CodingKey {
        case kind
    }

    package init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(EngineKind.self, forKey: .kind) {
        case .trino: self = .trino(try TrinoSettings(from: decoder))
        case .postgres: self = .postgres(try PostgresSettings(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .trino(let settings): try settings.encode(to: encoder)
        case .postgres(let settings): try settings.encode(to: encoder)
        }
    }
}

/// How a Trino coordinator is reached.
package struct TrinoSettings: Hashable, Sendable, Codable {
    /// Scheme, host and port of the coordinator: `https://trino.example:8443`.
    package let url: String
    /// The Trino user that statements run as.
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

/// How a Postgres database is reached.
package struct PostgresSettings: Hashable, Sendable, Codable {
    /// libpq's `sslmode`: `verify-full` unless the network is trusted.
    package enum TLSMode: String, Codable, Hashable, Sendable, CaseIterable {
        case disable
        case require
        case verifyFull = "verify-full"
    }

    package let host: String
    package let port: Int
    package let database: String
    package let user: String
    package let tls: TLSMode

    package init(host: String, port: Int, database: String, user: String, tls: TLSMode) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.tls = tls
    }

    enum CodingKeys: String, CodingKey {
        case host, port, database, user
        case tls = "tls_mode"
    }
}

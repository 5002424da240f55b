import Cryptography
package import Postgres

/// Brings a database's schema to this program's version: numbered files, forward only, each in a transaction.
package struct Migrator: Sendable {
    /// One numbered file of schema/.
    struct Migration: Sendable {
        let number: Int
        let name: String
        let sql: String

        var checksum: String { SHA256Digest(of: sql.utf8).description }
    }

    private let configuration: PostgresConfiguration
    private let serviceRole: String
    private let migrations: [Migration]

    /// - Parameters:
    ///   - configuration: As the role that shall own the schema.
    ///   - serviceRole: The role that the service connects as; it must exist.
    package init(_ configuration: PostgresConfiguration, serviceRole: String) {
        self.init(configuration, serviceRole: serviceRole, migrations: Self.embedded)
    }

    init(_ configuration: PostgresConfiguration, serviceRole: String, migrations: [Migration]) {
        self.configuration = configuration
        self.serviceRole = serviceRole
        self.migrations = migrations
    }

    static let embedded: [Migration] = EmbeddedSQL.files.filter { $0.folder == "schema" }.map { file in
        let digits = file.name.prefix { $0.isNumber }
        guard let number = Int(digits) else { preconditionFailure("\(file.name) does not begin with a number") }
        return Migration(number: number, name: file.name, sql: file.content)
    }

    /// The highest number that this program knows.
    package static var latest: Int { embedded.last?.number ?? 0 }

    /// Applies what is missing, and returns its names. Two processes that migrate at once take turns.
    ///
    /// - Throws: `MigrationError`, or `PostgresError` of a statement that failed: then its file has had no effect.
    package func migrate() async throws -> [String] {
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        try await requireServiceRole(connection)
        try await connection.query("SELECT pg_advisory_lock(hashtext('weir migrations'))")
        try await connection.execute(
            script: """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number     integer     PRIMARY KEY,
                    name       text        NOT NULL,
                    checksum   text        NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                );
                """)
        let applied = try await applied(connection)
        var names: [String] = []
        for migration in migrations {
            if let checksum = applied[migration.number] {
                guard checksum == migration.checksum else { throw MigrationError.changed(migration.name) }
                continue
            }
            try await apply(migration, connection)
            names.append(migration.name)
        }
        if let unknown = applied.keys.filter({ $0 > (migrations.last?.number ?? 0) }).max() {
            throw MigrationError.newer(unknown)
        }
        return names
    }

    private func requireServiceRole(_ connection: PostgresConnection) async throws {
        let found = try await connection.query("SELECT 1 FROM pg_roles WHERE rolname = $1", .init(serviceRole))
        if found.rowCount == 0 { throw MigrationError.noServiceRole(serviceRole) }
    }

    private func applied(_ connection: PostgresConnection) async throws -> [Int: String] {
        let rows = try await connection.query("SELECT number, checksum FROM schema_migrations").rows
        return Dictionary(
            try rows.map { (try $0.decode("number", as: Int.self), try $0.decode("checksum", as: String.self)) }
        ) { first, _ in first }
    }

    private func apply(_ migration: Migration, _ connection: PostgresConnection) async throws {
        let sql = migration.sql.split(separator: "{{service}}", omittingEmptySubsequences: false)
            .joined(separator: serviceRole.quotedIdentifier)
        try await connection.withTransaction { connection in
            try await connection.execute(script: sql)
            try await connection.query(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                .init(Int32(migration.number), migration.name, migration.checksum))
        }
    }
}

/// Why a database could not be brought to this program's version.
package enum MigrationError: Error, CustomStringConvertible, Sendable {
    /// A file that was applied is another one now.
    case changed(String)
    /// The database was migrated by a newer program.
    case newer(Int)
    case noServiceRole(String)

    package var description: String {
        switch self {
        case .changed(let name):
            "\(name) was applied to this database in another form; a released migration is never edited: add a new one"
        case .newer(let number):
            "the database has migration \(number), which this program does not know; run the newer program"
        case .noServiceRole(let role):
            "there is no role \(role.quotedIdentifier); create it first: CREATE ROLE \(role.quotedIdentifier) LOGIN PASSWORD '…'"
        }
    }
}

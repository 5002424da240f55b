package import ControlPlane
package import Cryptography
package import Postgres

/// Secrets in Postgres, sealed under a key that is not there (schema/0004_run_stores.sql).
package struct PostgresSecretStore: SecretStore {
    private let pool: PostgresPool
    private let key: SealingKey

    package init(pool: PostgresPool, key: SealingKey) {
        self.pool = pool
        self.key = key
    }

    package func put(_ secret: Secret, named name: SecretName) async throws {
        let sealed = try key.seal(secret: secret, context: name.description)
        try await answering {
            _ = try await pool.query(
                """
                INSERT INTO secrets (name, sealed) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, stored_at = now()
                """, .init(name.description, PostgresBytes(sealed)))
        }
    }

    package func secret(named name: SecretName) async throws -> Secret? {
        let row = try await answering {
            try await pool.query("SELECT sealed FROM secrets WHERE name = $1", .init(name.description)).first
        }
        return try row.map { row in
            try key.open(secret: row.decode("sealed", as: PostgresBytes.self).bytes, context: name.description)
        }
    }
}

extension SealingKey {
    /// Seals a text, so that it opens only as what `context` says it is.
    func seal(secret: Secret, context: String) throws -> [UInt8] {
        try seal(Array(secret.reveal().utf8), associatedData: Array(context.utf8))
    }

    /// - Throws: `UnopenableSecret`.
    func open(secret sealed: [UInt8], context: String) throws -> Secret {
        do {
            return Secret(String(decoding: try open(sealed, associatedData: Array(context.utf8)), as: UTF8.self))
        } catch CryptographyError.notAuthentic {
            throw UnopenableSecret(owner: context)
        }
    }
}

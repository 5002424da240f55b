package import ControlPlane
package import EventSourcing
package import Postgres

/// Read models in Postgres: each generation has a schema of its own, and readers see the live one through views.
package struct PostgresProjectionStore: ProjectionStore {
    private let pool: PostgresPool
    private let definitions: [ProjectionDefinition]

    /// - Throws: `ProjectionFileError` for a mistake in one of this program's read models.
    package init(pool: PostgresPool) throws {
        self.init(pool: pool, definitions: try ProjectionDefinition.embedded())
    }

    init(pool: PostgresPool, definitions: [ProjectionDefinition]) {
        self.pool = pool
        self.definitions = definitions
    }

    /// All in one transaction: as long as one is missing, readers see none of a new database's.
    package func install(fence: LeaseFence) async throws {
        try await pool.withTransaction(under: fence) { connection in
            for definition in definitions { try await install(definition, on: connection) }
        }
    }

    private func install(_ definition: ProjectionDefinition, on connection: PostgresConnection) async throws {
        let generations = try await connection.query(
            "SELECT version, checksum, schema_name FROM projection_versions WHERE name = $1 ORDER BY generation DESC",
            .init(definition.name))
        guard let known = generations.first else {
            return _ = try await create(definition, on: connection, isLive: true)
        }
        let version: Int = try known.decode("version")
        guard version == definition.version else {
            if version > definition.version { throw ProjectionChange.older(definition.name, version) }
            return _ = try await create(definition, on: connection, isLive: false)
        }
        guard try known.decode("checksum") == definition.checksum else {
            throw ProjectionChange.sameVersion(definition.name, definition.version)
        }
        // The file is the same; this program may make another function of it than the one before.
        for row in generations.rows where try row.decode("version") == definition.version {
            let schema: String = try row.decode("schema_name")
            try await connection.execute(script: definition.functionScript(schema: schema))
        }
    }

    private func create(
        _ definition: ProjectionDefinition, on connection: PostgresConnection, isLive: Bool
    ) async throws -> ProjectionGeneration {
        let row = try await connection.query(
            "SELECT coalesce(max(generation), 0) + 1 AS next FROM projection_versions WHERE name = $1",
            .init(definition.name)
        ).first
        let generation: Int = try row?.decode("next") ?? 1
        let schema = "p_\(definition.name)_\(generation)"
        try await connection.execute(script: definition.script(schema: schema))
        var parameters = PostgresParameters(
            definition.name, Int32(generation), Int32(definition.version), definition.checksum, schema)
        parameters.add(array: definition.relations)
        parameters.add(isLive)
        try await connection.query(
            """
            INSERT INTO projection_versions (name, generation, version, checksum, schema_name, relations, live)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, parameters)
        if isLive { try await connection.execute(script: definition.viewScript(schema: schema, formerRelations: [])) }
        return ProjectionGeneration(
            name: definition.name, generation: generation, version: definition.version, cursor: 0, isLive: isLive)
    }

    package func advance(
        _ generation: ProjectionGeneration, limit: Int64, fence: LeaseFence
    ) async throws -> ProjectionGeneration {
        try await pool.withTransaction(under: fence) { connection in
            // What is lost in a crash is made again from the log: no need to wait for the disk.
            try await connection.query("SET LOCAL synchronous_commit = off")
            let row = try await connection.query(
                """
                SELECT p.cursor, p.schema_name, least(tip.last_seq, p.cursor + $3) AS through, tip.last_seq AS head
                FROM projection_versions AS p, log_tip AS tip WHERE p.name = $1 AND p.generation = $2 FOR UPDATE OF p
                """, .init(generation.name, Int32(generation.generation), limit)
            ).first
            guard let row else { return generation }
            let schema: String = try row.decode("schema_name")
            let through: Int64 = try row.decode("through")
            try await connection.query(
                "SELECT \(schema.quotedIdentifier).apply_events($1, $2)",
                .init(row.decode("cursor", as: Int64.self), through))
            try await connection.query(
                "UPDATE projection_versions SET cursor = $3 WHERE name = $1 AND generation = $2",
                .init(generation.name, Int32(generation.generation), through))
            var isLive = generation.isLive
            if !isLive, through == (try row.decode("head", as: Int64.self)) {
                try await makeLive(generation, schema: schema, on: connection)
                isLive = true
            }
            return ProjectionGeneration(
                name: generation.name, generation: generation.generation, version: generation.version, cursor: through,
                isLive: isLive)
        }
    }

    /// Switches the views in the caller's transaction: readers see the old rows or the new ones, never none.
    private func makeLive(
        _ generation: ProjectionGeneration, schema: String, on connection: PostgresConnection
    ) async throws {
        guard let definition = definitions.first(where: { $0.name == generation.name }) else { return }
        let former = try await connection.query(
            "DELETE FROM projection_versions WHERE name = $1 AND generation < $2 RETURNING schema_name",
            .init(generation.name, Int32(generation.generation)))
        try await connection.query(
            "UPDATE projection_versions SET live = true WHERE name = $1 AND generation = $2",
            .init(generation.name, Int32(generation.generation)))
        try await connection.execute(
            script: definition.viewScript(schema: schema, formerRelations: definition.relations))
        for row in former.rows {
            let old: String = try row.decode("schema_name")
            try await connection.execute(script: "DROP SCHEMA \(old.quotedIdentifier) CASCADE")
        }
    }

    package func generations() async throws -> [ProjectionGeneration] {
        try await answering {
            try await pool.query(
                "SELECT name, generation, version, cursor, live FROM projection_versions ORDER BY live DESC, name"
            ).rows.map { row in
                ProjectionGeneration(
                    name: try row.decode("name"), generation: try row.decode("generation"),
                    version: try row.decode("version"), cursor: try row.decode("cursor"), isLive: try row.decode("live")
                )
            }
        }
    }

    package func announce(_ seq: Int64) async throws {
        try await answering { _ = try await pool.query("SELECT pg_notify('projections', $1)", .init(String(seq))) }
    }

    package func beginRebuild(_ name: String) async throws -> ProjectionGeneration {
        guard let definition = definitions.first(where: { $0.name == name }) else {
            throw UnknownProjection(name: name, known: definitions.map(\.name))
        }
        return try await answering {
            try await pool.withTransaction { connection in
                try await connection.query("SELECT 1 FROM projection_versions WHERE name = $1 FOR UPDATE", .init(name))
                return try await create(definition, on: connection, isLive: false)
            }
        }
    }
}

/// A read model's file and what was made of it before do not fit.
package enum ProjectionChange: Error, CustomStringConvertible, Sendable {
    case sameVersion(String, Int)
    case older(String, Int)

    package var description: String {
        switch self {
        case .sameVersion(let name, let version):
            "projections/\(name).sql was changed, but still says version \(version); raise its version"
        case .older(let name, let version):
            "the database has version \(version) of projection \(name), this program an older one; run the newer program"
        }
    }
}

package import ControlPlane
package import EventSourcing
package import Postgres

/// Read models in Postgres: each generation has a schema of its own, and readers see the live one through views.
package struct PostgresProjectionStore: ProjectionStore {
    let pool: PostgresPool
    /// For live steps: on one connection the server has their plans and its caches at hand (a fifth of their cost).
    let steps: PostgresPool
    let definitions: [ProjectionDefinition]
    /// How long tables stay after readers were switched to others: whoever reads them still may finish.
    let grace: Duration
    /// Told how far all live read models have come.
    let onAdvance: @Sendable (Int64) -> Void
    let announcer: TipAnnouncer

    /// - Parameter onAdvance: Told how far all live read models have come, whenever this process has moved them.
    /// - Throws: `ProjectionFileError` for a mistake in one of this program's read models.
    package init(pool: PostgresPool, onAdvance: @escaping @Sendable (Int64) -> Void = { _ in }) throws {
        self.init(
            pool: pool, definitions: try ProjectionDefinition.embedded(), grace: .seconds(60), onAdvance: onAdvance)
    }

    /// The same read models, all with time travel or all without: to measure what it costs.
    package init(pool: PostgresPool, timeTravel: Bool) throws {
        let definitions = try ProjectionDefinition.embedded().map { $0.withTimeTravel(timeTravel) }
        self.init(pool: pool, definitions: definitions, grace: .zero)
    }

    init(
        pool: PostgresPool, definitions: [ProjectionDefinition], grace: Duration,
        onAdvance: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.pool = pool
        steps = pool.another(connections: 1)
        self.definitions = definitions
        self.grace = grace
        self.onAdvance = onAdvance
        announcer = TipAnnouncer(pool, channel: PostgresReadModels.channel)
    }

    /// Closes the connection that is its own; the pool is the caller's.
    package func close() {
        steps.close()
    }

    func definition(_ name: String) throws -> ProjectionDefinition {
        guard let definition = definitions.first(where: { $0.name == name }) else {
            throw UnknownProjection(name: name, known: definitions.map(\.name))
        }
        return definition
    }

    package func check() async throws {
        try await check(definitions)
        try await answering {
            for definition in definitions {
                let known = try await pool.query(
                    """
                    SELECT checksum FROM projection_versions
                    WHERE name = $1 AND version = $2 AND state NOT IN ('retired', 'scratch') ORDER BY generation DESC LIMIT 1
                    """, .init(definition.name, Int32(definition.version))
                ).first
                if let known { try definition.requireUnchanged(since: known) }
            }
        }
    }

    /// Checks other files instead; this program's own where there are none.
    ///
    /// - Throws: `ProjectionFileError`.
    package func check(files: [(file: String, content: String)]) async throws {
        let others = try files.map { try ProjectionDefinition(file: $0.file, content: $0.content) }
        try ProjectionDefinition.requireOwnNames(others)
        try await check(others.isEmpty ? definitions : others)
    }

    private func check(_ definitions: [ProjectionDefinition]) async throws {
        struct Checked: Error {}
        for definition in definitions {
            do {
                try await answering {
                    try await pool.withTransaction { connection in
                        try await definition.check(on: connection)
                        throw Checked()
                    }
                }
            } catch is Checked {}
        }
    }

    /// All in one transaction: as long as one is missing, readers see none of a new database's.
    package func install(fence: LeaseFence) async throws {
        try await check()
        try await pool.withTransaction(under: fence) { connection in
            for definition in definitions { try await install(definition, on: connection) }
        }
    }

    private func install(_ definition: ProjectionDefinition, on connection: PostgresConnection) async throws {
        let generations = try await connection.query(
            """
            SELECT generation, version, checksum, schema_name FROM projection_versions
            WHERE name = $1 AND state NOT IN ('retired', 'scratch') ORDER BY generation DESC FOR UPDATE
            """, .init(definition.name))
        guard let known = generations.first else {
            _ = try await create(definition, .live, on: connection)
            return
        }
        let version: Int = try known.decode("version")
        guard version == definition.version else {
            if version > definition.version { throw ProjectionChange.older(definition.name, version) }
            // What was built of an older version is of no use any more.
            try await connection.query(
                """
                UPDATE projection_versions SET state = 'retired', retired_at = now()
                WHERE name = $1 AND state IN ('building', 'differs')
                """, .init(definition.name))
            _ = try await create(definition, .building, on: connection)
            return
        }
        try definition.requireUnchanged(since: known)
        // The file is the same; this program may make another function of it than the one before.
        for row in generations.rows where try row.decode("version") == definition.version {
            let schema: String = try row.decode("schema_name")
            try await connection.execute(script: definition.functionScript(schema: schema))
        }
    }

    /// Makes a generation that has taken in nothing.
    func create(
        _ definition: ProjectionDefinition, _ state: ProjectionGeneration.State, on connection: PostgresConnection
    ) async throws -> ProjectionGeneration {
        let row = try await connection.query(
            "SELECT coalesce(max(generation), 0) + 1 AS next FROM projection_versions WHERE name = $1",
            .init(definition.name)
        ).first
        let generation: Int = try row?.decode("next") ?? 1
        let schema = "p_\(definition.name)_\(generation)"
        try await connection.execute(script: definition.script(schema: schema))
        if state == .live { try await connection.execute(script: definition.beforeSwitchScript(schema: schema)) }
        var parameters = PostgresParameters(
            definition.name, Int32(generation), Int32(definition.version), definition.checksum, schema)
        parameters.add(array: definition.relations.map(\.name))
        parameters.add(array: definition.handlers.map(\.type))
        parameters.add(
            array: definition.changes.map { [$0.relation, $0.column].compactMap(\.self).joined(separator: ".") })
        parameters.add(definition.isTimeTravelled)
        parameters.add(state.rawValue)
        // A first generation is no switch that the log should tell of.
        parameters.add(state == .live)
        try await connection.query(
            """
            INSERT INTO projection_versions (name, generation, version, checksum, schema_name, relations, types,
                changes, time_travel, state, prepared, noted)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
            """, parameters)
        if state == .live {
            try await ProjectionViews(
                schema: schema, relations: definition.relations.map(\.name),
                isTimeTravelled: definition.isTimeTravelled
            ).replace([], on: connection)
        }
        return ProjectionGeneration(
            name: definition.name, generation: generation, version: definition.version, state: state, cursor: 0)
    }

    package func generations() async throws -> [ProjectionGeneration] {
        try await answering {
            try await pool.query(
                """
                SELECT v.*, (SELECT count(*) FROM projection_parked AS p
                    WHERE p.name = v.name AND p.generation = v.generation AND p.state <> 'retried') AS parked
                FROM projection_versions AS v ORDER BY state <> 'live', name, generation
                """
            ).rows.map(ProjectionGeneration.init(row:))
        }
    }

    /// Begins to build a read model anew beside the live one. Whoever projects takes it up.
    ///
    /// - Throws: `UnknownProjection`.
    package func beginRebuild(_ name: String) async throws -> ProjectionGeneration {
        let definition = try definition(name)
        return try await answering {
            try await pool.withTransaction { connection in
                try await connection.query("SELECT 1 FROM projection_versions WHERE name = $1 FOR UPDATE", .init(name))
                return try await create(definition, .building, on: connection)
            }
        }
    }

    /// Has readers switched to the newest generation that differs from the live one.
    ///
    /// - Returns: That generation; nil when none differs.
    package func acceptDifference(_ name: String) async throws -> ProjectionGeneration? {
        _ = try definition(name)
        return try await answering {
            try await pool.query(
                """
                UPDATE projection_versions SET accepted = true WHERE name = $1 AND generation = (
                    SELECT max(generation) FROM projection_versions WHERE name = $1 AND state = 'differs')
                RETURNING *, 0::bigint AS parked
                """, .init(name)
            ).first.map(ProjectionGeneration.init(row:))
        }
    }
}

extension PostgresProjectionStore {
    /// Gives up what is built beside the live generation, or waits because it differs.
    ///
    /// - Returns: How many generations that were.
    /// - Throws: `UnknownProjection`.
    package func discard(_ name: String) async throws -> Int {
        _ = try definition(name)
        return try await answering {
            try await pool.query(
                """
                UPDATE projection_versions SET state = 'retired', retired_at = now()
                WHERE name = $1 AND state IN ('building', 'differs') RETURNING 1 AS one
                """, .init(name)
            ).rowCount
        }
    }
}

extension ProjectionGeneration {
    init(row: PostgresRow) throws {
        let name: String = try row.decode("state")
        guard let state = State(rawValue: name) else { throw EventStoreError.corrupt("“\(name)” is no state") }
        self.init(
            name: try row.decode("name"), generation: try row.decode("generation"),
            version: try row.decode("version"), state: state, cursor: try row.decode("cursor"))
        parkedStreams = try row.decode("parked")
        difference = try row.decodeOptional("difference")
        comparedSeq = try row.decodeOptional("compared_seq")
        isAccepted = try row.decode("accepted")
        failure = try row.decodeOptional("failure")
    }
}

/// A read model's file and what was made of it before do not fit.
package enum ProjectionChange: Error, CustomStringConvertible, Sendable {
    case older(String, Int)

    package var description: String {
        switch self {
        case .older(let name, let version):
            "the database has version \(version) of projection \(name), this program an older one; run the newer program"
        }
    }
}

extension ProjectionDefinition {
    /// - Parameter known: A generation of the same version.
    /// - Throws: `ProjectionFileError` when the file has another content than it was made of.
    fileprivate func requireUnchanged(since known: PostgresRow) throws {
        guard try known.decode("checksum") == checksum else {
            throw ProjectionFileError(
                file: file, line: 1, message: "was changed, but still says version \(version); raise its version")
        }
    }
}

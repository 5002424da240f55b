import ControlPlane
import EventSourcing
import Postgres

/// What a verification of a read model found.
package struct ProjectionVerification: Sendable, Encodable {
    package let projection: String
    package let generation: Int
    package let version: Int
    /// The last event that it has taken in, by its own account.
    package let cursor: Int64
    /// The last event of the log.
    package let head: Int64
    /// Whether the digest that it kept of the events it took in is that of the log's events up to `cursor`.
    package let isComplete: Bool
    /// How many streams wait because of an event that failed.
    package let parkedStreams: Int
    /// What is different from a projection made anew; nil when nothing is, or it was not asked for.
    package let difference: String?

    /// Whether nothing is wrong: rows of parked streams are missing or old.
    package var isSound: Bool { isComplete && difference == nil && parkedStreams == 0 }

    enum CodingKeys: String, CodingKey {
        case projection, generation, version, cursor, head
        case isComplete = "complete"
        case parkedStreams = "parked_streams"
        case difference
    }
}

/// The rows in which a generation and the live one differ.
package struct ProjectionDifference: Sendable, Encodable {
    package struct Row: Sendable, Encodable {
        package let table: String
        package let key: String
        /// As readers see it; nil when they do not.
        package let live: String?
        /// As the generation that waits has it; nil when it does not.
        package let new: String?
    }

    package let generation: Int
    /// The seq that both are at.
    package let seq: Int64
    package let rows: [Row]
}

extension PostgresProjectionStore {
    /// How many events are read by one statement of a verification.
    private static let stride: Int64 = 20_000

    /// Computes from the log what a read model must have taken in, in one snapshot; with the content, makes it anew in a
    /// schema of its own and compares the rows.
    ///
    /// - Parameter progress: Told how many events were read.
    /// - Throws: `UnknownProjection`.
    package func verify(
        _ name: String, comparingContent: Bool, progress: @Sendable (Int64) -> Void
    ) async throws -> ProjectionVerification {
        let definition = try definition(name)
        return try await answering {
            try await pool.withTransaction(isolation: .repeatableRead) { connection in
                try await connection.query("SET LOCAL statement_timeout = 0")
                let row = try await connection.query(
                    """
                    SELECT v.generation, v.version, v.cursor, v.digest, v.tail, tip.last_seq AS head,
                        (SELECT count(*) FROM projection_parked AS p
                            WHERE p.name = v.name AND p.generation = v.generation AND p.state <> 'retried') AS parked
                    FROM projection_versions AS v, log_tip AS tip WHERE v.name = $1 AND v.state = 'live'
                    """, .init(name)
                ).first
                guard let row else { throw UnknownProjection(name: name, known: []) }
                let cursor: Int64 = try row.decode("cursor")
                let chain = try await chain(through: cursor, on: connection, progress)
                let isComplete = try chain.digest == row.decode("digest") && chain.tail == row.decode("tail")
                var difference: String?
                if comparingContent {
                    difference = try await contentDifference(definition, cursor, on: connection, progress)
                }
                return ProjectionVerification(
                    projection: name, generation: try row.decode("generation"), version: try row.decode("version"),
                    cursor: cursor, head: try row.decode("head"), isComplete: isComplete,
                    parkedStreams: try row.decode("parked"), difference: difference)
            }
        }
    }

    private func chain(
        through cursor: Int64, on connection: PostgresConnection, _ progress: @Sendable (Int64) -> Void
    ) async throws -> (digest: PostgresBytes, tail: PostgresBytes) {
        let start = try await connection.query("SELECT sha256('') AS digest").first
        guard var digest: PostgresBytes = try start?.decode("digest") else {
            throw EventStoreError.corrupt("no digest")
        }
        var tail = PostgresBytes([])
        var seq: Int64 = 0
        while seq < cursor {
            let next = min(cursor, seq + Self.stride)
            let row = try await connection.query(
                "SELECT digest, tail FROM chain_leaves($1, $2, $3, $4)", .init(digest, tail, seq, next)
            ).first
            if let row { (digest, tail) = (try row.decode("digest"), try row.decode("tail")) }
            seq = next
            progress(seq)
        }
        return (digest, tail)
    }

    /// Makes a generation in the caller's transaction, which sees the live one as it was when it began, and takes it
    /// away again.
    private func contentDifference(
        _ definition: ProjectionDefinition, _ cursor: Int64, on connection: PostgresConnection,
        _ progress: @Sendable (Int64) -> Void
    ) async throws -> String? {
        try await connection.query("SAVEPOINT scratch")
        let scratch = try await create(definition, .scratch, on: connection)
        var seq: Int64 = 0
        while seq < cursor {
            seq = min(cursor, seq + Self.stride)
            try await connection.query(
                "SELECT take_events($1, $2, $3)", .init(definition.name, Int32(scratch.generation), seq))
            progress(seq)
        }
        let comparison = try await ProjectionComparison(scratch, on: connection)
        let difference = try await comparison?.outcome().difference
        try await connection.query("ROLLBACK TO SAVEPOINT scratch")
        return difference
    }

    /// The first rows in which the newest generation that waits differs from the live one.
    ///
    /// - Returns: Nil when no generation waits.
    /// - Throws: `UnknownProjection`.
    package func difference(of name: String, limit: Int) async throws -> ProjectionDifference? {
        _ = try definition(name)
        let waiting = try await generations().last { $0.name == name && $0.state == .differs }
        guard let waiting else { return nil }
        return try await answering {
            try await pool.withTransaction(isolation: .repeatableRead) { connection in
                try await connection.query("SET LOCAL statement_timeout = 0")
                guard let comparison = try await ProjectionComparison(waiting, on: connection) else { return nil }
                var rows: [ProjectionDifference.Row] = []
                for table in comparison.tables where !table.keys.isEmpty && rows.count < limit {
                    rows += try await comparison.rows(of: table, limit: limit - rows.count)
                }
                return ProjectionDifference(generation: waiting.generation, seq: comparison.seq, rows: rows)
            }
        }
    }
}

extension ProjectionComparison {
    fileprivate func rows(of table: Table, limit: Int) async throws -> [ProjectionDifference.Row] {
        let keys = table.keys.map(\.quotedIdentifier).joined(separator: ", ")
        return try await query(
            """
            SELECT ROW(\(keys))::text AS key, m._row AS new, o._row AS live
            \(joined(table)) WHERE m._row IS DISTINCT FROM o._row ORDER BY \(keys) LIMIT $1
            """, .init(Int64(limit))
        ).rows.map {
            ProjectionDifference.Row(
                table: table.name, key: try $0.decode("key"), live: try $0.decodeOptional("live"),
                new: try $0.decodeOptional("new"))
        }
    }
}

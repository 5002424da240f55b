import Postgres

/// The views through which readers see a generation: one for each of its tables as it is, and, with time travel, one
/// named `<table>_versions` for its rows of all times with the seqs `_from` (inclusive) and `_to` (exclusive).
struct ProjectionViews {
    let schema: String
    let relations: [String]
    let isTimeTravelled: Bool

    /// Makes them in place of those of `former`, in the caller's transaction.
    func replace(_ former: [String], on connection: PostgresConnection) async throws {
        for relation in Set(former).union(relations).sorted() {
            try await connection.execute(
                script: """
                    DROP VIEW IF EXISTS projections.\(relation.quotedIdentifier);
                    DROP VIEW IF EXISTS projections.\("\(relation)_versions".quotedIdentifier);
                    """)
        }
        for relation in relations { try await make(relation, on: connection) }
    }

    private func make(_ relation: String, on connection: PostgresConnection) async throws {
        let columns = try await Self.columns(of: relation, in: schema, on: connection)
        let table = "\(schema.quotedIdentifier).\(relation.quotedIdentifier)"
        let names = columns.map(\.name.quotedIdentifier).joined(separator: ", ")
        try await connection.execute(
            script: "CREATE VIEW projections.\(relation.quotedIdentifier) AS SELECT \(names) FROM \(table);")
        guard isTimeTravelled else { return }
        // Key columns have an index of their own in the history.
        let past = columns.map { $0.isKey ? "h.\($0.name.quotedIdentifier)" : "(h.was).\($0.name.quotedIdentifier)" }
        try await connection.execute(
            script: """
                CREATE VIEW projections.\("\(relation)_versions".quotedIdentifier) AS
                SELECT \(names), _from, \(Int64.max)::bigint AS _to FROM \(table)
                UNION ALL
                SELECT \(past.joined(separator: ", ")), (h.was)._from, h._to
                FROM \(schema.quotedIdentifier).\("\(relation)_history".quotedIdentifier) AS h;
                """)
    }

    struct Column: Hashable {
        let name: String
        let type: String
        let isKey: Bool
    }

    /// A table's columns, without those that time travel added.
    static func columns(
        of relation: String, in schema: String, on connection: PostgresConnection
    ) async throws -> [Column] {
        try await connection.query(
            """
            SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type,
                coalesce(attnum = ANY (indkey), false) AS is_key
            FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attname <> '_from'
            ORDER BY attnum
            """, .init("\(schema.quotedIdentifier).\(relation.quotedIdentifier)")
        ).rows.map {
            Column(name: try $0.decode("name"), type: try $0.decode("type"), isKey: try $0.decode("is_key"))
        }
    }
}

import ControlPlane
import Cryptography
import Postgres

/// A generation and the live one, side by side in one snapshot in which both have come equally far.
struct ProjectionComparison {
    struct Outcome {
        let seq: Int64
        /// Of the rows that were compared, as the generation has them.
        let digest: SHA256Digest
        /// What is different, for people; nil when nothing is.
        let difference: String?
        let allowsSwitch: Bool
    }

    /// A table that both have, and the columns that mean the same in both.
    struct Table {
        let name: String
        let columns: [String]
        let keys: [String]
    }

    let seq: Int64
    let liveSchema: String
    let schema: String
    let tables: [Table]
    private let liveParked: Int64
    private let parked: Int64
    private let connection: PostgresConnection

    /// - Parameter connection: In a repeatable-read transaction.
    /// - Returns: Nil when there is no live one, or they have not come equally far.
    init?(_ generation: ProjectionGeneration, on connection: PostgresConnection) async throws {
        let row = try await connection.query(
            """
            SELECT v.cursor, v.schema_name, live.schema_name AS live_schema,
                (SELECT count(*) FROM projection_parked AS p WHERE p.name = v.name AND p.generation = v.generation
                    AND p.state <> 'retried') AS parked,
                (SELECT count(*) FROM projection_parked AS p WHERE p.name = v.name AND p.generation = live.generation
                    AND p.state <> 'retried') AS live_parked,
                v.version = live.version AS same_version,
                v.version = live.version AND v.time_travel AND live.time_travel AND NOT v.rearranged
                    AND NOT live.rearranged AS same_history
            FROM projection_versions AS v JOIN projection_versions AS live ON live.name = v.name AND live.state = 'live'
            WHERE v.name = $1 AND v.generation = $2 AND v.cursor = live.cursor
            """, .init(generation.name, Int32(generation.generation))
        ).first
        guard let row else { return nil }
        self.connection = connection
        seq = try row.decode("cursor")
        schema = try row.decode("schema_name")
        liveSchema = try row.decode("live_schema")
        parked = try row.decode("parked")
        liveParked = try row.decode("live_parked")
        tables = try await Self.tables(
            generation, schema, liveSchema, isSameVersion: try row.decode("same_version"),
            hasSameHistory: try row.decode("same_history"), on: connection)
    }

    private static func tables(
        _ generation: ProjectionGeneration, _ schema: String, _ liveSchema: String, isSameVersion: Bool,
        hasSameHistory: Bool, on connection: PostgresConnection
    ) async throws -> [Table] {
        let row = PostgresParameters(generation.name, Int32(generation.generation))
        let place = "FROM projection_versions WHERE name = $1 AND generation = $2"
        let relations = try await connection.query("SELECT unnest(relations) AS item \(place)", row).rows
        let changes = try await connection.query("SELECT unnest(changes) AS item \(place)", row).rows
        // A rebuild of the same version has to agree in everything.
        let changed = isSameVersion ? [] : Set(try changes.map { try $0.decode("item", as: String.self) })
        var tables: [Table] = []
        for relation in try relations.map({ try $0.decode("item", as: String.self) }) where !changed.contains(relation)
        {
            let mine = try await ProjectionViews.columns(of: relation, in: schema, on: connection)
            let others = try await ProjectionViews.columns(of: relation, in: liveSchema, on: connection)
            let common = mine.filter { others.contains($0) && !changed.contains("\(relation).\($0.name)") }
            if common.isEmpty { continue }
            let keys = common.filter(\.isKey).map(\.name)
            let isKeyed = keys == mine.filter(\.isKey).map(\.name) && keys == others.filter(\.isKey).map(\.name)
            let columns = common.map(\.name)
            tables.append(
                Table(
                    name: relation, columns: hasSameHistory ? columns + ["_from"] : columns, keys: isKeyed ? keys : []))
            if hasSameHistory {
                tables.append(Table(name: "\(relation)_history", columns: keys + ["_to", "was"], keys: keys + ["_to"]))
            }
        }
        return tables
    }

    func query(_ sql: String, _ parameters: PostgresParameters) async throws -> PostgresResult {
        try await connection.query(sql, parameters)
    }

    func outcome() async throws -> Outcome {
        var (lines, differences): ([String], [String]) = ([], [])
        for table in tables {
            let mine = try await digest(of: table, in: schema)
            let others = try await digest(of: table, in: liveSchema)
            lines.append("\(table.name) \(mine)")
            if mine != others { differences.append(try await difference(of: table)) }
        }
        let isWorse = parked > 0 && liveParked == 0
        if isWorse { differences.append("\(parked) streams are parked, of which the live one has none") }
        return Outcome(
            seq: seq, digest: SHA256Digest(of: lines.joined(separator: "\n").utf8),
            difference: differences.isEmpty ? nil : differences.joined(separator: "; "),
            // Where the live one lacks parked events, the one that has them must differ.
            allowsSwitch: differences.isEmpty || (liveParked > 0 && parked == 0))
    }

    /// SHA-256 over all rows in an order of their own: of each row, then of 4,096 groups of rows, so that no more than one
    /// group is in memory; with the number of rows.
    private func digest(of table: Table, in schema: String) async throws -> String {
        let columns = table.columns.map(\.quotedIdentifier).joined(separator: ", ")
        let row = try await connection.query(
            """
            SELECT coalesce(sum(count), 0)::bigint AS count,
                coalesce(encode(sha256(string_agg(digest, ''::bytea ORDER BY bucket)), 'hex'), '') AS digest
            FROM (
                SELECT bucket, count(*) AS count, sha256(string_agg(hash, ''::bytea ORDER BY hash)) AS digest
                FROM (
                    SELECT hash, get_byte(hash, 0) * 16 + get_byte(hash, 1) / 16 AS bucket
                    FROM (
                        SELECT sha256(convert_to(ROW(\(columns))::text, 'UTF8')) AS hash
                        FROM \(schema.quotedIdentifier).\(table.name.quotedIdentifier)) AS hashed) AS placed
                GROUP BY bucket) AS buckets
            """
        ).first
        return try "\(row?.decode("count", as: Int64.self) ?? 0) \(row?.decode("digest", as: String.self) ?? "")"
    }

    /// How many rows differ.
    private func difference(of table: Table) async throws -> String {
        guard !table.keys.isEmpty else { return "\(table.name): the rows differ, and have another key" }
        let row = try await connection.query(
            """
            SELECT count(*) FILTER (WHERE m._row IS NULL) AS missing, count(*) FILTER (WHERE o._row IS NULL) AS added,
                count(*) FILTER (WHERE m._row <> o._row) AS changed
            \(joined(table))
            """
        ).first
        let counts = try ["missing", "added", "changed"].compactMap { name in
            let count: Int64 = try row?.decode(name) ?? 0
            return count == 0 ? nil : "\(count) \(name)"
        }
        return "\(table.name): \(counts.joined(separator: ", "))"
    }

    /// The rows of both, beside one another by key, as texts: `m` for the generation, `o` for the live one.
    func joined(_ table: Table) -> String {
        let columns = table.columns.map(\.quotedIdentifier).joined(separator: ", ")
        let keys = table.keys.map(\.quotedIdentifier).joined(separator: ", ")
        func side(_ schema: String) -> String {
            "(SELECT \(keys), ROW(\(columns))::text AS _row FROM \(schema.quotedIdentifier).\(table.name.quotedIdentifier))"
        }
        return "FROM \(side(schema)) AS m FULL JOIN \(side(liveSchema)) AS o USING (\(keys))"
    }
}

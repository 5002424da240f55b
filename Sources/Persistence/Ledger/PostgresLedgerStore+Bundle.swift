package import ControlPlane
import Postgres

/// The lines of bundles (docs/audit-bundle.md), made by the database: the texts of events go out as they are stored.
extension PostgresLedgerStore {
    /// The most events, and about the most bytes, whose lines are made by one statement.
    private static let window: Int64 = 2_048
    private static let byteWindow: Int64 = 1 << 20

    package func bundleLines(after seq: Int64, of bundle: BundleHeader) async throws -> BundlePiece? {
        guard seq < bundle.treeSize else { return nil }
        return try await answering {
            let end = try await end(of: seq, bundle)
            let filter = bundle.filter ?? BundleFilter()
            var parameters = PostgresParameters(seq, end, bundle.checkpoint)
            parameters.add(filter.since)
            parameters.add(filter.until)
            parameters.add(filter.stream)
            parameters.add(filter.actor)
            parameters.add(filter.type)
            let row = try await pool.query(Self.lines, parameters).first
            return BundlePiece(text: try row?.decodeOptional("lines") ?? "", lastSeq: end)
        }
    }

    /// Where the lines after `seq` end that one statement makes: with a piece of the sealed leaves.
    private func end(of seq: Int64, _ bundle: BundleHeader) async throws -> Int64 {
        let row = try await pool.query(
            """
            SELECT max(last_seq) AS last FROM (
                SELECT last_seq, row_number() OVER (ORDER BY first_seq) AS place,
                    sum((SELECT sum(octet_length(payload::text) + octet_length(metadata::text)) FROM event_log
                        WHERE seq BETWEEN first_seq AND last_seq)) OVER (ORDER BY first_seq) AS bytes
                FROM log_tree_leaves WHERE first_seq > $1 AND first_seq <= $2 AND last_seq <= $3) AS pieces
            WHERE place = 1 OR bytes <= $4
            """, .init(seq, seq + Self.window, bundle.treeSize, Self.byteWindow)
        ).first
        return try row?.decodeOptional("last") ?? min(seq + Seal.tileSize, bundle.treeSize)
    }

    /// Time beyond what can be counted in microseconds is none that was hashed: it is written as 0.
    private static let lines = #"""
        SELECT string_agg(line, E'\n' ORDER BY place, kind, number) || E'\n' AS lines FROM (
            SELECT first_seq AS place, 0 AS kind, 0::bigint AS number,
                concat('{"sealed":', first_seq, ',"leaves":"', encode(hashes, 'hex'), '"}') AS line
            FROM log_tree_leaves WHERE first_seq > $1 AND first_seq <= $2
            UNION ALL
            SELECT first_seq, 1, block,
                concat('{"block":', block, ',"first":', first_seq, ',"last":', last_seq, ',"recorded_us":',
                    CASE WHEN isfinite(recorded_at) THEN (extract(epoch FROM recorded_at) * 1000000)::bigint
                        ELSE 0 END,
                    ',"previous":"', encode(previous_hash, 'hex'), '","hash":"', encode(hash, 'hex'), '"}')
            FROM log_blocks WHERE first_seq > $1 AND first_seq <= $2
            UNION ALL
            SELECT seq, 2, 0,
                concat('{"event":', seq, ',"version":', version, ',"recorded_us":',
                    CASE WHEN isfinite(recorded_at) THEN (extract(epoch FROM recorded_at) * 1000000)::bigint
                        ELSE 0 END,
                    ',"schema_version":', schema_version, ',"stream":', to_json(stream), ',"type":', to_json(type),
                    ',"payload":', to_json(payload::text), ',"metadata":', to_json(metadata::text), '}')
            FROM event_log
            WHERE seq > $1 AND seq <= $2
                AND ($4::timestamptz IS NULL OR recorded_at >= $4)
                AND ($5::timestamptz IS NULL OR recorded_at < $5)
                AND ($6::text IS NULL OR stream = $6)
                AND ($8::text IS NULL OR type = $8)
                AND ($7::text IS NULL OR $7 = CASE WHEN strpos(metadata::text, '\u0000') = 0 THEN metadata ->> 'actor'
                    ELSE regexp_replace(metadata::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::json
                        ->> 'actor' END)
            UNION ALL
            SELECT tree_size, 3, number, concat('{"checkpoint":', number, ',"note":', to_json(note), '}')
            FROM log_checkpoints WHERE tree_size > $1 AND tree_size <= $2 AND number <= $3) AS lines
        """#
}

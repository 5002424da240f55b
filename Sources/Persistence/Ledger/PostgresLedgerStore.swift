package import ControlPlane
package import Cryptography
package import EventSourcing
import FoundationEssentials
package import Postgres

/// The log's evidence in Postgres (schema/0006_ledger.sql).
package struct PostgresLedgerStore: LedgerStore {
    let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func tip() async throws -> LogTip {
        try await answering {
            let row = try await pool.query(
                "SELECT last_seq, store_epoch, date_trunc('milliseconds', clock_timestamp()) AS now FROM log_tip"
            ).first
            guard let row else { throw LedgerFault(.missing, seq: nil, "log_store has no row") }
            return LogTip(
                lastSeq: try row.decode("last_seq"), store: try row.decode("store_epoch"), time: try row.decode("now"))
        }
    }

    /// How many events are hashed by one statement: as large as events may be, it ends within the statement's time.
    private static let portion: Int64 = 8_192

    package func leaves(after seq: Int64, through last: Int64) async throws -> [SHA256Digest] {
        var leaves: [SHA256Digest] = []
        while seq + Int64(leaves.count) < last {
            let start = seq + Int64(leaves.count)
            leaves += try await portionOfLeaves(after: start, through: min(last, start + Self.portion))
        }
        return leaves
    }

    private func portionOfLeaves(after seq: Int64, through last: Int64) async throws -> [SHA256Digest] {
        try await answering {
            let row = try await pool.query(
                """
                SELECT string_agg(leaf_hash, ''::bytea ORDER BY seq) AS hashes,
                    min(seq) FILTER (WHERE leaf_hash IS DISTINCT FROM event_leaf_hash(seq, version, recorded_at,
                        schema_version, stream, type, payload::text, metadata::text)) AS wrong,
                    min(seq) FILTER (WHERE seq <> place) AS gap
                FROM (SELECT *, $1 + row_number() OVER (ORDER BY seq) AS place
                    FROM event_log WHERE seq > $1 AND seq <= $2) AS events
                """, .init(seq, last)
            ).first
            let gap: Int64? = try row?.decodeOptional("gap")
            if let wrong: Int64 = try row?.decodeOptional("wrong"), wrong <= gap ?? wrong {
                throw LedgerFault(.event, seq: wrong, "the event is not what its leaf hash says")
            }
            let hashes = try row?.decodeOptional("hashes", as: PostgresBytes.self)?.digests ?? []
            guard gap == nil, Int64(hashes.count) == last - seq else {
                let missing = gap == nil ? seq + Int64(hashes.count) + 1 : try await firstMissing(after: seq)
                throw LedgerFault(.missing, seq: missing, "the event is not in the log")
            }
            return hashes
        }
    }

    private func firstMissing(after seq: Int64) async throws -> Int64? {
        try await pool.query(
            """
            SELECT min(place) AS missing
            FROM (SELECT seq, $1 + row_number() OVER (ORDER BY seq) AS place FROM event_log WHERE seq > $1) AS events
            WHERE seq <> place
            """, .init(seq)
        ).first?.decodeOptional("missing")
    }

    package func blocks(after seq: Int64, through last: Int64) async throws -> [LogBlock] {
        try await answering {
            try await pool.query(
                """
                SELECT block, first_seq, last_seq, (extract(epoch FROM recorded_at) * 1000000)::bigint AS recorded,
                    previous_hash, hash
                FROM log_blocks WHERE first_seq > $1 AND first_seq <= $2 ORDER BY first_seq
                """, .init(seq, last)
            ).rows.map { row in
                LogBlock(
                    number: try row.decode("block"), firstSeq: try row.decode("first_seq"),
                    lastSeq: try row.decode("last_seq"), recordedMicroseconds: try row.decode("recorded"),
                    previousHash: try row.digest("previous_hash"), hash: try row.digest("hash"))
            }
        }
    }

    package func endOfBlock(holding seq: Int64) async throws -> Int64? {
        try await answering {
            try await pool.query(
                """
                SELECT last_seq FROM (SELECT last_seq FROM log_blocks WHERE first_seq <= $1
                    ORDER BY first_seq DESC LIMIT 1) AS block WHERE last_seq >= $1
                """, .init(seq)
            ).first?.decode("last_seq")
        }
    }

    package func keep(_ seal: Seal, fence: LeaseFence) async throws {
        let pieces = seal.pieces
        let nodes = seal.nodes
        try await pool.withTransaction(under: fence) { connection in
            var leaves = PostgresParameters()
            leaves.add(array: pieces.map(\.first))
            leaves.add(array: pieces.map(\.last))
            leaves.add(array: pieces.map { PostgresBytes($0.hashes) })
            try await connection.query(
                """
                INSERT INTO log_tree_leaves (first_seq, last_seq, hashes)
                SELECT * FROM unnest($1, $2, $3)
                """, leaves)
            var roots = PostgresParameters()
            roots.add(array: nodes.map { Int32($0.subtree.level) })
            roots.add(array: nodes.map(\.subtree.number))
            roots.add(array: nodes.map { PostgresBytes($0.hash.bytes) })
            try await connection.query(
                "INSERT INTO log_tree_nodes (level, number, hash) SELECT * FROM unnest($1, $2, $3)", roots)
            let checkpoint = seal.checkpoint
            try await connection.query(
                """
                INSERT INTO log_checkpoints (number, tree_size, root_hash, signed_at, note)
                VALUES ($1, $2, $3, $4, $5)
                """,
                .init(
                    checkpoint.number, checkpoint.size, PostgresBytes(checkpoint.root.bytes), checkpoint.signedAt,
                    checkpoint.note))
        }
    }

    package func event(_ seq: Int64) async throws -> CanonicalEvent? {
        try await answering {
            let row = try await pool.query(
                """
                SELECT seq, version, (extract(epoch FROM recorded_at) * 1000000)::bigint AS recorded, schema_version,
                    stream, type, payload, metadata
                FROM event_log WHERE seq = $1
                """, .init(seq)
            ).first
            return try row.map { row in
                CanonicalEvent(
                    seq: try row.decode("seq"), version: try row.decode("version"),
                    recordedMicroseconds: try row.decode("recorded"),
                    schemaVersion: try row.decode("schema_version"), stream: try row.decode("stream"),
                    type: try row.decode("type"), payload: try row.decode("payload"),
                    metadata: try row.decode("metadata"))
            }
        }
    }
}

extension Seal {
    /// The leaves as rows of `log_tree_leaves`.
    fileprivate var pieces: [(first: Int64, last: Int64, hashes: [UInt8])] {
        let before = checkpoint.size - Int64(leaves.count)
        var pieces: [(first: Int64, last: Int64, hashes: [UInt8])] = []
        var first = before
        while first < checkpoint.size {
            let end = min(checkpoint.size, (first / Self.tileSize + 1) * Self.tileSize)
            var hashes: [UInt8] = []
            hashes.reserveCapacity(Int(end - first) * SHA256Digest.byteCount)
            for leaf in leaves[Int(first - before)..<Int(end - before)] { hashes.append(leaf) }
            pieces.append((first + 1, end, hashes))
            first = end
        }
        return pieces
    }
}

extension PostgresBytes {
    /// The bytes as digests, one after the other; what is less than one is left out.
    var digests: [SHA256Digest] {
        stride(from: 0, through: bytes.count - SHA256Digest.byteCount, by: SHA256Digest.byteCount).compactMap {
            SHA256Digest(bytes: bytes[$0..<($0 + SHA256Digest.byteCount)])
        }
    }
}

extension PostgresRow {
    func digest(_ column: String) throws -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try decode(column, as: PostgresBytes.self).bytes) else {
            throw PostgresError.decoding("column \(column) is not 32 bytes")
        }
        return digest
    }
}

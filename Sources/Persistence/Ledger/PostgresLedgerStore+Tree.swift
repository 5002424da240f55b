package import ControlPlane
package import Cryptography
import Postgres

/// The stored tree: leaves, and every eighth level above them. What lies between is hashed when it is asked for.
extension PostgresLedgerStore {
    /// Up to 256 nodes of one stored level that lie under one node of the next.
    fileprivate struct Tile: Hashable {
        /// A multiple of 8.
        let level: Int
        let number: Int64
    }

    package func roots(of subtrees: [Subtree]) async throws -> [SHA256Digest] {
        // Every subtree is made of nodes of one tile; each tile is read once, as much of it as is needed.
        var spans: [Tile: Range<Int64>] = [:]
        for subtree in subtrees {
            let span = subtree.span
            let tile = subtree.tile
            let known = spans[tile] ?? span
            spans[tile] = min(known.lowerBound, span.lowerBound)..<max(known.upperBound, span.upperBound)
        }
        var nodes: [Tile: [SHA256Digest]] = [:]
        for (tile, span) in spans { nodes[tile] = try await self.nodes(level: tile.level, span) }
        return subtrees.map { subtree in
            let span = subtree.span
            let first = spans[subtree.tile]?.lowerBound ?? 0
            let range = Int(span.lowerBound - first)..<Int(span.upperBound - first)
            return MerkleTree.root(ofComplete: nodes[subtree.tile]?[range] ?? [])
        }
    }

    /// Nodes of a stored level.
    private func nodes(level: Int, _ range: Range<Int64>) async throws -> [SHA256Digest] {
        let found =
            try await level == 0 ? sealedLeaves(range) : storedNodes(level: level, range)
        guard found.count == range.count else {
            throw LedgerFault(
                .tree, seq: (range.lowerBound + Int64(found.count)) << Int64(level) + 1,
                "the stored tree lacks a hash of level \(level)")
        }
        return found
    }

    /// - Parameter range: Of leaves, counted from 0, within one tile.
    private func sealedLeaves(_ range: Range<Int64>) async throws -> [SHA256Digest] {
        let tileStart = range.lowerBound / Seal.tileSize * Seal.tileSize
        return try await answering {
            let rows = try await pool.query(
                """
                SELECT first_seq, hashes FROM log_tree_leaves
                WHERE first_seq > $1 AND first_seq <= $2 AND last_seq > $3 ORDER BY first_seq
                """, .init(tileStart, range.upperBound, range.lowerBound)
            ).rows
            var hashes: [SHA256Digest] = []
            for row in rows {
                let first = try row.decode("first_seq", as: Int64.self) - 1
                let piece = try row.decode("hashes", as: PostgresBytes.self).digests
                let wanted = range.clamped(to: first..<(first + Int64(piece.count)))
                // A piece that is missing ends what is found.
                guard wanted.lowerBound == range.lowerBound + Int64(hashes.count) else { break }
                hashes += piece[Int(wanted.lowerBound - first)..<Int(wanted.upperBound - first)]
            }
            return hashes
        }
    }

    private func storedNodes(level: Int, _ range: Range<Int64>) async throws -> [SHA256Digest] {
        try await answering {
            let rows = try await pool.query(
                """
                SELECT number, hash FROM log_tree_nodes
                WHERE level = $1::integer::smallint AND number >= $2 AND number < $3 ORDER BY number
                """, .init(Int32(level), range.lowerBound, range.upperBound)
            ).rows
            var hashes: [SHA256Digest] = []
            for row in rows {
                guard try row.decode("number", as: Int64.self) == range.lowerBound + Int64(hashes.count) else { break }
                hashes.append(try row.digest("hash"))
            }
            return hashes
        }
    }
}

extension Subtree {
    /// The nodes of the stored level below, or of the own one, that it is made of.
    fileprivate var span: Range<Int64> {
        let count: Int64 = 1 << Int64(level % 8)
        return number * count..<(number + 1) * count
    }

    fileprivate var tile: PostgresLedgerStore.Tile {
        PostgresLedgerStore.Tile(level: level - level % 8, number: span.lowerBound / Seal.tileSize)
    }
}

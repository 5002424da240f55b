package import ControlPlane
import Postgres

extension PostgresLedgerStore {
    private static let columns = "SELECT number, tree_size, root_hash, signed_at, note FROM log_checkpoints"

    package func checkpoint(treeSize: Int64?) async throws -> KeptCheckpoint? {
        try await answering {
            let found =
                if let treeSize {
                    try await pool.query(
                        "\(Self.columns) WHERE tree_size = $1 ORDER BY number DESC LIMIT 1", .init(treeSize))
                } else {
                    try await pool.query("\(Self.columns) ORDER BY number DESC LIMIT 1")
                }
            return try found.first.map(KeptCheckpoint.init(row:))
        }
    }

    package func checkpoints(after number: Int64, limit: Int) async throws -> [KeptCheckpoint] {
        try await answering {
            try await pool.query(
                "\(Self.columns) WHERE number > $1 ORDER BY number LIMIT $2", .init(number, Int64(limit))
            ).rows.map(KeptCheckpoint.init(row:))
        }
    }

    package func checkpoints(page: PageRequest) async throws -> Page<KeptCheckpoint> {
        var before = Int64.max
        if let cursor = page.cursor {
            guard let number = try PageCursor.decode(cursor).first.flatMap({ Int64($0) }) else { throw InvalidCursor() }
            before = number
        }
        let start = before
        return try await answering {
            let found = try await pool.query(
                "\(Self.columns) WHERE number < $1 ORDER BY number DESC LIMIT $2", .init(start, Int64(page.limit + 1))
            ).rows.map(KeptCheckpoint.init(row:))
            let items = Array(found.prefix(page.limit))
            let next = found.count > items.count ? items.last.flatMap { PageCursor.encode(["\($0.number)"]) } : nil
            return Page(items: items, next: next)
        }
    }
}

extension KeptCheckpoint {
    init(row: PostgresRow) throws {
        self.init(
            number: try row.decode("number"), size: try row.decode("tree_size"), root: try row.digest("root_hash"),
            signedAt: try row.decode("signed_at"), note: try row.decode("note"))
    }
}

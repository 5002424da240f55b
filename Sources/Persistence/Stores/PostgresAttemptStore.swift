package import ControlPlane
package import Cryptography
package import Domain
package import EventSourcing
import FoundationEssentials
package import Postgres

/// The way back to attempts and the rows of their results (schema/0004_run_stores.sql). Handles are sealed.
package struct PostgresAttemptStore: AttemptStore {
    private let pool: PostgresPool
    private let key: SealingKey

    package init(pool: PostgresPool, key: SealingKey) {
        self.pool = pool
        self.key = key
    }

    package func keep(
        _ handle: EngineHandle, rows: ResultPage?, for attempt: AttemptID, of run: RunID, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        let sealed = try key.seal(secret: handle.state, context: "attempt/\(attempt)")
        try await pool.withTransaction(under: fence) { connection in
            var parameters = PostgresParameters(attempt.uuid, run.uuid, handle.externalID)
            parameters.add(handle.link)
            parameters.add(PostgresBytes(sealed))
            try await connection.query(
                """
                INSERT INTO attempts (id, run_id, external_id, link, sealed_handle) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, link = excluded.link,
                    sealed_handle = excluded.sealed_handle
                """, parameters)
            if let rows { try await add(rows, to: attempt, limits: limits, connection) }
        }
    }

    package func finish(
        _ attempt: AttemptID, of run: RunID, rows: ResultPage?, updateCount: Int64?, limits: ResultLimits,
        fence: LeaseFence
    ) async throws {
        try await pool.withTransaction(under: fence) { connection in
            var parameters = PostgresParameters(attempt.uuid)
            parameters.add(updateCount)
            let left = try await connection.query(
                """
                UPDATE attempts SET finished = true, sealed_handle = NULL, update_count = $2
                WHERE id = $1 AND NOT finished
                """, parameters)
            // One that was finished before has its rows.
            if left.affectedRows == 1, let rows { try await add(rows, to: attempt, limits: limits, connection) }
        }
    }

    private func add(
        _ page: ResultPage, to attempt: AttemptID, limits: ResultLimits, _ connection: PostgresConnection
    ) async throws {
        guard
            let row = try await connection.query(
                "SELECT row_count, byte_count, truncated FROM attempts WHERE id = $1 FOR UPDATE", .init(attempt.uuid)
            ).first
        else { return }
        var count: Int = try row.decode("row_count")
        var bytes: Int = try row.decode("byte_count")
        var isTruncated: Bool = try row.decode("truncated")
        let first = count
        var kept: [String] = []
        for content in page.rows where !isTruncated {
            guard count < limits.rows, bytes + content.utf8.count <= limits.bytes else {
                isTruncated = true
                break
            }
            kept.append(content)
            count += 1
            bytes += content.utf8.count
        }
        var rows = PostgresParameters(attempt.uuid)
        rows.add(Int32(first))
        rows.add(array: kept)
        try await connection.query(
            """
            INSERT INTO result_rows (attempt_id, number, content)
            SELECT $1, $2 + place - 1, content FROM unnest($3) WITH ORDINALITY AS r (content, place)
            """, rows)
        let columns = String(decoding: try JSONEncoder().encode(page.columns), as: UTF8.self)
        try await connection.query(
            """
            UPDATE attempts SET row_count = $2, byte_count = $3, truncated = $4, columns = $5::text::json WHERE id = $1
            """, .init(attempt.uuid, Int32(count), Int64(bytes), isTruncated || page.isTruncated, columns))
    }

    package func handle(of attempt: AttemptID) async throws -> EngineHandle? {
        let row = try await answering {
            try await pool.query(
                "SELECT external_id, link, sealed_handle FROM attempts WHERE id = $1", .init(attempt.uuid)
            ).first
        }
        guard let row, let sealed: PostgresBytes = try row.decodeOptional("sealed_handle") else { return nil }
        return EngineHandle(
            externalID: try row.decode("external_id"), link: try row.decodeOptional("link"),
            state: try key.open(secret: sealed.bytes, context: "attempt/\(attempt)"))
    }

    package func result(of attempt: AttemptID) async throws -> RunResult? {
        let row = try await answering {
            try await pool.query(
                "SELECT columns, truncated, update_count FROM attempts WHERE id = $1 AND finished", .init(attempt.uuid)
            ).first
        }
        guard let row else { return nil }
        var hash = SHA256Hasher()
        var read = 0
        while true {
            let page = try await rows(of: attempt, from: read, limit: 1_000)
            for content in page {
                hash.update(content.utf8)
                hash.update([UInt8(ascii: "\n")])
            }
            read += page.count
            if page.count < 1_000 { break }
        }
        let columns = try row.decode("columns", as: String.self)
        return RunResult(
            columns: try JSONDecoder().decode([ResultColumn].self, from: Data(columns.utf8)), rowCount: read,
            isTruncated: try row.decode("truncated"), digest: hash.finalize().description,
            updateCount: try row.decodeOptional("update_count"))
    }

    package func rows(of attempt: AttemptID, from first: Int, limit: Int) async throws -> [String] {
        try await answering {
            try await pool.query(
                "SELECT content FROM result_rows WHERE attempt_id = $1 AND number >= $2 ORDER BY number LIMIT $3",
                .init(attempt.uuid, Int32(clamping: first), Int64(limit))
            ).rows.map { try $0.decode("content") }
        }
    }
}

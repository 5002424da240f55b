package import ControlPlane
import Cryptography
package import EventSourcing
import Postgres

extension PostgresProjectionStore {
    package func settle(_ generation: ProjectionGeneration, fence: LeaseFence) async throws {
        if !generation.isAccepted {
            // What differs already is not compared again: somebody has to look at it.
            guard generation.state == .building else { return }
            // What was found equal takes in the same events since: only readers stood in the way.
            if generation.comparedSeq == nil {
                guard let comparison = try await compare(generation) else { return }
                guard try await keep(comparison, of: generation, fence: fence) else { return }
            }
        }
        do {
            try await pool.withTransaction(under: fence) { connection in
                // Whoever waits for a lock on a view holds up all later readers of it: not for long.
                try await connection.query("SET LOCAL lock_timeout = '100ms'")
                try await switchReaders(to: generation, on: connection)
            }
        } catch let error as EventStoreError where error.isLockTimeout {
            // Somebody reads at length; the next round tries again.
        }
    }

    /// Compares at one seq, in one snapshot: nobody waits for it.
    private func compare(_ generation: ProjectionGeneration) async throws -> ProjectionComparison.Outcome? {
        try await answering {
            try await pool.withTransaction(isolation: .repeatableRead) { connection in
                try await connection.query("SET LOCAL statement_timeout = 0")
                guard let comparison = try await ProjectionComparison(generation, on: connection) else { return nil }
                return try await comparison.outcome()
            }
        }
    }

    /// - Returns: Whether readers may be switched.
    private func keep(
        _ outcome: ProjectionComparison.Outcome, of generation: ProjectionGeneration, fence: LeaseFence
    ) async throws -> Bool {
        try await pool.withTransaction(under: fence) { connection in
            var parameters = PostgresParameters(
                generation.name, Int32(generation.generation), outcome.seq, PostgresBytes(outcome.digest.bytes))
            parameters.add(outcome.difference)
            parameters.add(outcome.allowsSwitch ? "building" : "differs")
            try await connection.query(
                """
                UPDATE projection_versions SET compared_seq = $3, content_digest = $4, difference = $5, state = $6
                WHERE name = $1 AND generation = $2 AND state = 'building'
                """, parameters)
            return outcome.allowsSwitch
        }
    }

    /// Readers see the old rows or the new ones, never none, and never older ones: both have come equally far.
    private func switchReaders(to generation: ProjectionGeneration, on connection: PostgresConnection) async throws {
        let rows = try await connection.query(
            """
            SELECT generation, state, cursor, schema_name, relations, time_travel FROM projection_versions
            WHERE name = $1 AND state IN ('live', 'building', 'differs') ORDER BY generation FOR UPDATE
            """, .init(generation.name)
        ).rows
        let live = try rows.first { try $0.decode("state") == "live" }
        let new = try rows.first { try $0.decode("generation") == generation.generation }
        guard let live, let new, try live.decode("cursor", as: Int64.self) == new.decode("cursor", as: Int64.self)
        else {
            return
        }
        if !generation.isAccepted, try await parkedSinceCompared(generation, on: connection) { return }
        try await connection.query(
            """
            UPDATE projection_versions SET state = 'retired', retired_at = now()
            WHERE name = $1 AND generation < $2 AND state <> 'scratch'
            """, .init(generation.name, Int32(generation.generation)))
        try await connection.query(
            """
            UPDATE projection_versions SET state = 'live', switched_at = now(), noted = false
            WHERE name = $1 AND generation = $2
            """, .init(generation.name, Int32(generation.generation)))
        let views = ProjectionViews(
            schema: try new.decode("schema_name"), relations: try await relations(new, on: connection),
            isTimeTravelled: try new.decode("time_travel"))
        try await views.replace(try await relations(live, on: connection), on: connection)
    }

    /// Whether rows are missing in a generation that was found equal before readers could be switched to it; it is
    /// compared again then.
    private func parkedSinceCompared(
        _ generation: ProjectionGeneration, on connection: PostgresConnection
    ) async throws -> Bool {
        let parked = try await connection.query(
            """
            UPDATE projection_versions AS new SET compared_seq = NULL
            WHERE name = $1 AND generation = $2 AND EXISTS (
                SELECT FROM projection_parked AS p
                WHERE p.name = $1 AND p.generation = $2 AND p.state <> 'retried' AND p.since_seq > new.compared_seq)
            RETURNING 1 AS one
            """, .init(generation.name, Int32(generation.generation)))
        return parked.first != nil
    }

    private func relations(_ row: PostgresRow, on connection: PostgresConnection) async throws -> [String] {
        try await connection.query(
            "SELECT unnest(relations) AS name FROM projection_versions WHERE schema_name = $1",
            .init(row.decode("schema_name", as: String.self))
        ).rows.map { try $0.decode("name") }
    }

    package func dropRetired(fence: LeaseFence) async throws {
        let seconds = Double(grace / .milliseconds(1)) / 1_000
        let retired = try await answering {
            try await pool.query(
                """
                SELECT name, generation, schema_name FROM projection_versions
                WHERE state = 'retired' AND retired_at <= now() - make_interval(secs => $1)
                """, .init(seconds)
            ).rows
        }
        for row in retired {
            let schema: String = try row.decode("schema_name")
            do {
                try await pool.withTransaction(under: fence) { connection in
                    try await connection.query("SET LOCAL lock_timeout = '250ms'")
                    try await connection.execute(script: "DROP SCHEMA \(schema.quotedIdentifier) CASCADE")
                    try await connection.query(
                        "DELETE FROM projection_versions WHERE schema_name = $1", .init(schema))
                }
            } catch let error as EventStoreError where error.isLockTimeout {
                // Somebody reads it still.
            }
        }
    }
}

extension EventStoreError {
    /// Whether a lock was not to be had in time (SQLSTATE lock_not_available).
    fileprivate var isLockTimeout: Bool {
        if case .unavailable(_, code: "55P03") = self { true } else { false }
    }
}

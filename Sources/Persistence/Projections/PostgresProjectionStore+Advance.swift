package import ControlPlane
package import EventSourcing
import Postgres

extension PostgresProjectionStore {
    /// One statement: a live step is one round trip and one transaction, for all read models together.
    package func advance(
        limit: Int64, except names: Set<String>, fence: LeaseFence
    ) async throws -> ProjectionStep {
        var parameters = PostgresParameters(fence.name, fence.epoch, limit)
        parameters.add(array: names.sorted())
        do {
            let rows = try await steps.query("SELECT * FROM advance_projections($1, $2, $3, $4)", parameters).rows
            var (head, reached, failures): (Int64, [String: Int64], [String: String]) = (0, [:], [:])
            for row in rows {
                let name: String = try row.decode("projection")
                head = try row.decode("head")
                reached[name] = try row.decode("reached")
                failures[name] = try row.decodeOptional("failed")
            }
            if let seq = reached.values.min() {
                onAdvance(seq)
                announcer.announce(seq)
            }
            return ProjectionStep(head: head, reached: reached, failures: failures)
        } catch let error as PostgresError {
            if error.sqlState == Self.fenced { throw TransactionFailure.fenced(fence) }
            if error.sqlState == Self.cancelled, !Task.isCancelled { throw ProjectionStepTooLong() }
            throw EventStoreError.unavailable("\(error)", code: error.sqlState)
        }
    }

    /// SQLSTATE of `advance_projections` when the lease has another owner.
    private static let fenced = "WEI01"
    /// SQLSTATE of a statement that ran into `statement_timeout`.
    private static let cancelled = "57014"

    package func build(_ generation: ProjectionGeneration, limit: Int64, fence: LeaseFence) async throws -> Bool {
        let place = PostgresParameters(generation.name, Int32(generation.generation))
        let state = try await pool.withTransaction(under: fence) { connection in
            try await connection.query("SET LOCAL synchronous_commit = off")
            try await connection.query("SET LOCAL statement_timeout = 0")
            let row = try await connection.query(
                """
                SELECT v.cursor, v.prepared, v.schema_name, live.cursor AS live_cursor
                FROM projection_versions AS v JOIN projection_versions AS live ON live.name = v.name AND live.state = 'live'
                WHERE v.name = $1 AND v.generation = $2 AND v.state IN ('building', 'differs') FOR UPDATE OF v
                """, place
            ).first
            guard let row else { return BuildState(missing: 0, schema: nil) }
            let live: Int64 = try row.decode("live_cursor")
            var parameters = place
            parameters.add(min(live, try row.decode("cursor") + limit))
            let taken = try await connection.query(
                "SELECT take_events($1, $2, $3) AS reached", parameters
            ).first
            let missing = try live - (taken?.decode("reached") ?? 0)
            return BuildState(missing: missing, schema: try row.decode("prepared") ? nil : row.decode("schema_name"))
        }
        guard state.missing <= Self.nearness else { return false }
        guard let schema = state.schema else { return true }
        try await prepare(generation, schema: schema)
        return false
    }

    private struct BuildState {
        /// How many events the live one is ahead.
        let missing: Int64
        /// Where what readers need is still to be made; nil when it is.
        let schema: String?
    }

    /// How near a generation must be for live steps to take it along (`advance_projections`).
    private static let nearness: Int64 = 500

    /// Makes what only readers need. It may take long, so not under the lease: it does no harm when two owners do it one
    /// after the other, since only the first finds it missing.
    private func prepare(_ generation: ProjectionGeneration, schema: String) async throws {
        let definition = try definition(generation.name)
        try await answering {
            try await pool.withTransaction { connection in
                try await connection.query("SET LOCAL statement_timeout = 0")
                let missing = try await connection.query(
                    """
                    UPDATE projection_versions SET prepared = true
                    WHERE name = $1 AND generation = $2 AND NOT prepared RETURNING 1 AS one
                    """, .init(generation.name, Int32(generation.generation)))
                guard missing.first != nil else { return }
                try await connection.execute(script: definition.beforeSwitchScript(schema: schema))
            }
        }
    }
}

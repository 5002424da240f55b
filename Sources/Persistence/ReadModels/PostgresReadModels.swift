package import ControlPlane
package import Domain
package import FoundationEssentials
package import Postgres

/// The read models that the projections have made (projections/*.sql), through the views of the live generations.
package final class PostgresReadModels: ReadModels {
    private let pool: PostgresPool
    private let tip: TipWatcher
    /// Nil for the present.
    private let asOfSeq: Int64?

    /// Where it is announced how far the read models have come.
    static let channel = "projections"

    /// - Parameters:
    ///   - configuration: As the service's role; for the connection that listens.
    ///   - pool: For reading.
    package init(_ configuration: PostgresConfiguration, pool: PostgresPool) {
        self.pool = pool
        tip = TipWatcher(
            configuration, channel: Self.channel,
            query: "SELECT coalesce(min(cursor), -1) AS seq FROM projection_versions WHERE state = 'live'",
            // After a crash of Postgres they may have to take in again what they had taken in.
            mayFall: true)
        asOfSeq = nil
    }

    private init(_ present: PostgresReadModels, asOf seq: Int64) {
        pool = present.pool
        tip = present.tip
        asOfSeq = seq
    }

    package func asOf(_ seq: Int64) -> any ReadModels { PostgresReadModels(self, asOf: seq) }

    package func seq(at time: Date) async throws -> Int64 {
        try await answering {
            try await pool.query("SELECT seq_at($1) AS seq", .init(time)).first?.decode("seq") ?? 0
        }
    }

    /// All read models are known to have come this far: whoever moves them in this process says so.
    package func note(_ seq: Int64) { tip.note(seq) }

    /// Watches how far the read models have come, until the task is cancelled.
    package func run() async throws {
        try await tip.run()
    }

    package func wait(for seq: Int64, in models: Set<ReadModel>, timeout: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + timeout
        while tip.seq < seq {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return false }
            try await tip.wait(after: seq - 1, timeout: min(left, Self.patience))
            // All have not come that far: those that are asked for may have.
            if tip.seq < seq, try await cursor(of: models) >= seq { return true }
        }
        return true
    }

    /// How long all read models are waited for before it is looked how far some of them are.
    private static let patience = Duration.milliseconds(250)

    /// How far all of these have come; -1 as long as they are not made.
    private func cursor(of models: Set<ReadModel>) async throws -> Int64 {
        var parameters = PostgresParameters()
        parameters.add(array: models.map(\.rawValue).sorted())
        return try await answering {
            try await pool.query(
                """
                SELECT coalesce(min(cursor), -1) AS seq FROM projection_versions
                WHERE state = 'live' AND name = ANY ($1)
                """, parameters
            ).first?.decode("seq") ?? -1
        }
    }

    package func workspaces(named name: String?, page: PageRequest) async throws -> Page<WorkspaceView> {
        var query = ListQuery("workspace", asOf: asOfSeq, order: .byName)
        if let name { query.filter("lower(name) = lower($)", name) }
        return try await list(query, page, WorkspaceView.init(row:)) { [$0.name, "\($0.id)"] }
    }

    package func workspace(_ id: WorkspaceID) async throws -> WorkspaceView? {
        try await one("workspace", id: id.uuid, WorkspaceView.init(row:))
    }

    package func connections(
        in workspace: WorkspaceID, named name: String?, page: PageRequest
    ) async throws -> Page<ConnectionView> {
        var query = ListQuery("connection", asOf: asOfSeq, order: .byName)
        query.filter("workspace_id = $", workspace.uuid)
        if let name { query.filter("lower(name) = lower($)", name) }
        return try await list(query, page, ConnectionView.init(row:)) { [$0.name, "\($0.id)"] }
    }

    package func connection(_ id: ConnectionID) async throws -> ConnectionView? {
        try await one("connection", id: id.uuid, ConnectionView.init(row:))
    }

    package func jobs(in workspace: WorkspaceID, named name: String?, page: PageRequest) async throws -> Page<JobView> {
        var query = ListQuery("job", asOf: asOfSeq, order: .byName)
        query.require(Self.isWholeJob)
        query.filter("workspace_id = $", workspace.uuid)
        if let name { query.filter("lower(name) = lower($)", name) }
        return try await list(query, page, JobView.init(row:)) { [$0.name, "\($0.id)"] }
    }

    package func job(_ id: JobID) async throws -> JobView? {
        try await one("job", id: id.uuid, JobView.init(row:), where: Self.isWholeJob)
    }

    /// A job is made by two events; between them it has no definition yet.
    private static let isWholeJob = "definition IS NOT NULL"

    package func runs(matching filter: RunFilter, page: PageRequest) async throws -> Page<RunView> {
        var query = ListQuery("run_summary", asOf: asOfSeq, order: .newestFirst)
        if let workspace = filter.workspace { query.filter("workspace_id = $", workspace.uuid) }
        if let job = filter.job { query.filter("job_id = $", job.uuid) }
        if let status = filter.status { query.filter("status = $", status) }
        return try await list(query, page, RunView.init(row:)) { ["\($0.id)"] }
    }

    package func run(_ id: RunID) async throws -> RunView? {
        try await one("run_summary", id: id.uuid, RunView.init(row:))
    }

    package func openRuns(after run: RunID?, limit: Int) async throws -> OpenRuns? {
        try await answering {
            try await pool.withTransaction(isolation: .repeatableRead) { connection in
                let cursor = try await connection.query(
                    "SELECT cursor FROM projection_versions WHERE name = 'run_summary' AND state = 'live'"
                ).first
                guard let cursor else { return nil }
                var parameters = PostgresParameters(Int64(limit))
                parameters.add(run?.uuid)
                parameters.add("\(RunCodec.category)-")
                let rows = try await connection.query(
                    """
                    SELECT id, bool_or(under_way) AS under_way FROM (
                        (SELECT id, status NOT IN ('requested', 'queued') AS under_way FROM projections.run_summary
                            WHERE ended_at IS NULL AND ($2 IS NULL OR id > $2) ORDER BY id LIMIT $1)
                        UNION ALL
                        -- What is parked is in the log all the same: its runs are driven.
                        (SELECT id, false FROM (
                                SELECT substr(p.stream, octet_length($3) + 1)::uuid AS id
                                FROM projection_parked AS p JOIN projection_versions AS v USING (name, generation)
                                WHERE name = 'run_summary' AND v.state = 'live' AND p.state <> 'retried'
                                    AND starts_with(p.stream, $3)) AS parked
                            WHERE $2 IS NULL OR id > $2 ORDER BY id LIMIT $1)) AS open
                    GROUP BY id ORDER BY id LIMIT $1
                    """, parameters
                ).rows
                return OpenRuns(
                    runs: try rows.map {
                        .init(id: RunID(try $0.decode("id")), isUnderWay: try $0.decode("under_way"))
                    }, throughSeq: try cursor.decode("cursor"))
            }
        }
    }

    private func one<View>(
        _ relation: String, id: UUID, _ make: (PostgresRow) throws -> View, where condition: String? = nil
    ) async throws -> View? {
        var query = ListQuery(relation, asOf: asOfSeq, order: .newestFirst)
        if let condition { query.require(condition) }
        query.filter("id = $", id)
        let (sql, parameters) = try query.statement(PageRequest(limit: 1))
        return try await answering { try await pool.query(sql, parameters).first.map(make) }
    }

    private func list<View>(
        _ query: ListQuery, _ page: PageRequest, _ make: (PostgresRow) throws -> View, key: (View) -> [String]
    ) async throws -> Page<View> {
        let (sql, parameters) = try query.statement(page)
        let items = try await answering { try await pool.query(sql, parameters).rows.map(make) }
        guard items.count > page.limit, let last = items.dropLast().last else { return Page(items: items, next: nil) }
        return Page(items: items.dropLast(), next: PageCursor.encode(key(last)))
    }
}

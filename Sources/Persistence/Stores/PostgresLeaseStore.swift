import ControlPlane
package import EventSourcing
package import Postgres

/// Leases in Postgres, by the database's clock (schema/0003_leases.sql).
package struct PostgresLeaseStore: LeaseStore {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func acquire(_ name: String, owner: String, duration: Duration) async throws -> LeaseFence? {
        try await answering {
            let row = try await pool.query(
                "SELECT acquire_lease($1, $2, make_interval(secs => $3)) AS epoch",
                .init(name, owner, duration.inSeconds)
            ).first
            return try row?.decodeOptional("epoch").map { LeaseFence(name: name, epoch: $0) }
        }
    }

    package func renew(_ fence: LeaseFence, owner: String, duration: Duration) async throws -> Bool {
        try await answering {
            let row = try await pool.query(
                "SELECT renew_lease($1, $2, make_interval(secs => $3)) AS kept",
                .init(fence.name, fence.epoch, duration.inSeconds)
            ).first
            return try row?.decode("kept") ?? false
        }
    }

    package func release(_ fence: LeaseFence, owner: String) async throws {
        try await answering {
            _ = try await pool.query("SELECT release_lease($1, $2)", .init(fence.name, fence.epoch))
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

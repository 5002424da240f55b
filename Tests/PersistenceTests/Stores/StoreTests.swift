import ControlPlane
import Cryptography
import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// What belongs to the service and is not in the log, in Postgres.
@Suite struct StoreTests {
    private static func fence(_ log: ProjectedLog) async throws -> LeaseFence {
        // The second owner's, so that there is a former one.
        _ = try await log.leases.acquire("saga", owner: "former", duration: .zero)
        return try #require(try await log.leases.acquire("saga", owner: "test", duration: .seconds(600)))
    }

    @Test func `the store of attempts keeps the contract`() async throws {
        try await ProjectedLog.run { log async throws in
            let store = PostgresAttemptStore(pool: log.pool, key: try .random())
            let fence = try await Self.fence(log)
            for check in AttemptStoreContract.checks {
                do { try await AttemptStoreContract(store, fence: fence).run(check) } catch {
                    Issue.record(error, "\(check)")
                }
            }
        }
    }

    @Test func `handles and passwords are nowhere in the database in plain text`() async throws {
        try await ProjectedLog.run { log async throws in
            let key = try SealingKey.random()
            let attempts = PostgresAttemptStore(pool: log.pool, key: key)
            let secrets = PostgresSecretStore(pool: log.pool, key: key)
            let handle = EngineHandle(externalID: "q1", link: nil, state: Secret("capability-4711"))
            try await attempts.keep(
                handle, rows: nil, for: AttemptID(UUID()), of: RunID(UUID()), limits: .standard,
                fence: Self.fence(log))
            try await secrets.put(Secret("hunter2-hunter2"), named: .connection(ConnectionID(UUID())))
            for (table, text) in [("attempts", "capability-4711"), ("secrets", "hunter2-hunter2")] {
                let row = try await log.pool.query(
                    """
                    SELECT count(*) AS rows, count(*) FILTER (WHERE strpos(t::text, $1) > 0
                        OR strpos(t::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0) AS found
                    FROM \(table) AS t
                    """, .init(text)
                ).first
                #expect(try row?.decode("rows", as: Int.self) == 1)
                #expect(try row?.decode("found", as: Int.self) == 0)
            }
        }
    }

    @Test func `a secret comes back under its name, and a new one takes its place`() async throws {
        try await ProjectedLog.run { log async throws in
            let secrets = PostgresSecretStore(pool: log.pool, key: try .random())
            let name = SecretName.connection(ConnectionID(UUID()))
            #expect(try await secrets.secret(named: name) == nil)
            for password in ["old", "new ✓ \u{0}", ""] {
                try await secrets.put(Secret(password), named: name)
                #expect(try await secrets.secret(named: name)?.reveal() == password)
            }
        }
    }

    @Test func `a secret opens under its key and its name alone`() async throws {
        try await ProjectedLog.run { log async throws in
            let key = try SealingKey.random()
            let secrets = PostgresSecretStore(pool: log.pool, key: key)
            let (mine, other) = (ConnectionID(UUID()), ConnectionID(UUID()))
            try await secrets.put(Secret("hunter2"), named: .connection(mine))
            try await secrets.put(Secret("another"), named: .connection(other))
            let stranger = PostgresSecretStore(pool: log.pool, key: try .random())
            let refusal = try await #require(throws: UnopenableSecret.self) {
                _ = try await stranger.secret(named: .connection(mine))
            }
            #expect("\(refusal)".hasPrefix("the secret of connection/\(mine) does not open under this key"))
            #expect("\(refusal)".contains("--key-file"))
            // Somebody who can write to the table moves a secret to a connection of his own.
            try await log.pool.query(
                "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = $1) WHERE name = $2",
                .init("connection/\(mine)", "connection/\(other)"))
            await #expect(throws: UnopenableSecret.self) { _ = try await secrets.secret(named: .connection(other)) }
        }
    }
}

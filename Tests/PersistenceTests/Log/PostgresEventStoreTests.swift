import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

@Suite struct PostgresEventStoreTests {
    @Test("The store in Postgres keeps the contract", arguments: EventStoreContract.checks)
    func contract(check: EventStoreContract.Check) async throws {
        try await TestLog.with { log in
            let contract = EventStoreContract(
                makeStore: { limits in log.makeStore(limits) },
                grant: { fence, _ in
                    try await log.asOwner { owner in
                        _ = try await owner.query(
                            """
                            INSERT INTO leases VALUES ($1, 'test', $2, 'infinity')
                            ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch
                            """, .init(fence.name, fence.epoch))
                    }
                })
            try await contract.run(check)
        }
    }
}

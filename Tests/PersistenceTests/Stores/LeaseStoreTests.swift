import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// Who owns which role, by the database's clock.
@Suite struct LeaseStoreTests {
    @Test func `a lease has one owner, and each change of owner raises the epoch`() async throws {
        try await ProjectedLog.run { log async throws in
            let first = try await log.leases.acquire("saga", owner: "a", duration: .seconds(600))
            #expect(first == LeaseFence(name: "saga", epoch: 1))
            #expect(try await log.leases.acquire("saga", owner: "b", duration: .seconds(600)) == nil)
            #expect(try await log.leases.acquire("other", owner: "b", duration: .seconds(600))?.epoch == 1)
            try await log.leases.release(try #require(first), owner: "a")
            #expect(try await log.leases.acquire("saga", owner: "b", duration: .seconds(600))?.epoch == 2)
        }
    }

    @Test func `a lease that ran out by the database's clock goes to whoever asks`() async throws {
        try await ProjectedLog.run { log async throws in
            let former = try #require(try await log.leases.acquire("saga", owner: "a", duration: .zero))
            #expect(try await log.leases.renew(former, owner: "a", duration: .zero), "nobody else has taken it")
            let next = try #require(try await log.leases.acquire("saga", owner: "b", duration: .seconds(600)))
            #expect(next.epoch == former.epoch + 1)
            #expect(try await !log.leases.renew(former, owner: "a", duration: .seconds(600)))
            try await log.leases.release(former, owner: "a")
            #expect(try await log.leases.renew(next, owner: "b", duration: .seconds(600)), "it was not the former's")
        }
    }

    @Test func `of many who ask at once one gets the lease`() async throws {
        try await ProjectedLog.run { log async throws in
            let fences = try await withThrowingTaskGroup { group in
                for owner in 0..<20 {
                    group.addTask {
                        try await log.leases.acquire("saga", owner: "\(owner)", duration: .seconds(600))
                    }
                }
                var fences: [LeaseFence] = []
                for try await fence in group { if let fence { fences.append(fence) } }
                return fences
            }
            #expect(fences == [LeaseFence(name: "saga", epoch: 1)])
        }
    }

    @Test func `nobody takes a lease over while its owner stores under it`() async throws {
        try await ProjectedLog.run { log async throws in
            let fence = try #require(try await log.leases.acquire("saga", owner: "a", duration: .zero))
            let leases = log.leases
            let taking = try await log.pool.withTransaction(under: fence) { _ in
                let taking = Task { try await leases.acquire("saga", owner: "b", duration: .seconds(600)) }
                let observer = try await PostgresConnection.connect(log.administrator)
                defer { observer.close() }
                try await eventually("the other one waits") {
                    let row = try await observer.query(
                        """
                        SELECT count(*) AS waiting FROM pg_stat_activity
                        WHERE wait_event_type = 'Lock' AND datname = current_database()
                        """
                    ).first
                    return try row?.decode("waiting", as: Int.self) == 1
                }
                return taking
            }
            #expect(try await taking.value?.epoch == 2)
            await #expect(throws: TransactionFailure.fenced(fence)) {
                try await log.pool.withTransaction(under: fence) { _ in }
            }
        }
    }
}

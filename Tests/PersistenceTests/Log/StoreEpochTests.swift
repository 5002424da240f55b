import ControlPlane
import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// A log that is not the one that a process began with.
@Suite struct StoreEpochTests {
    /// Throws out of `work` what says that the log is another one; nil when it did not.
    private func replacement(_ work: () async throws -> Void) async throws -> String? {
        do {
            try await work()
            return nil
        } catch EventStoreError.storeReplaced(let why) {
            return why
        }
    }

    /// The same for a log that lacks what was seen.
    private func shortening(_ work: () async throws -> Void) async throws -> String? {
        do {
            try await work()
            return nil
        } catch EventStoreError.storeBehind(let why) {
            return why
        }
    }

    private func renew(_ log: TestLog) async throws -> StoreEpochRenewal.Outcome {
        try await StoreEpochRenewal(owner: log.administrator).run(reason: "restored", actor: "system:operator")
    }

    @Test func `two processes that start at once make one first event`() async throws {
        try await TestLog.with { log in
            let stores = (0..<4).map { _ in log.makeStore() }
            let epochs = try await withThrowingTaskGroup(of: StoreEpoch.self) { group in
                for store in stores {
                    group.addTask {
                        let transactor = Transactor(store: store)
                        let epoch = try await StoreInitialisation(transactor: transactor, migration: 6).run()
                        // Whatever a process does next comes after the first event.
                        _ = try await store.append(TestLog.request("a"))
                        return epoch
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(epochs.count == 1)
            let events = try await stores[0].readAll(after: 0, limit: 10)
            #expect(events.map(\.event.type).count { $0 == StoreInitialised.type } == 1)
            #expect(events.first?.event.type == StoreInitialised.type)
            #expect(
                try SystemCodec.decode(events[0].event)
                    == .storeInitialised(StoreInitialised(epoch: "\(try #require(epochs.first))", migration: 6)))
            _ = try await StoreInitialisation(transactor: Transactor(store: log.makeStore()), migration: 7).run()
            #expect(try await stores[0].head() == 5)
        }
    }

    @Test func `a new epoch is told of by an event, ends the leases and keeps the history`() async throws {
        try await TestLog.with { log in
            let former = try await log.makeStore().epoch()
            _ = try await log.makeStore().append(TestLog.request("a"))
            let leases = PostgresLeaseStore(pool: log.makePool())
            let held = try #require(try await leases.acquire("saga", owner: "one", duration: .seconds(600)))
            let done = try await renew(log)
            #expect(done.former == former)
            #expect(done.epoch != former)
            #expect(done.throughSeq == 1)
            let store = log.makeStore()
            #expect(try await store.epoch() == done.epoch)
            let event = try #require(try await store.readAll(after: 1, limit: 10).first)
            #expect(event.seq == done.receipt.lastSeq)
            #expect(event.metadata.actor == "system:operator")
            #expect(
                try SystemCodec.decode(event.event)
                    == .storeRestored(
                        StoreRestored(
                            formerEpoch: "\(former)", epoch: "\(done.epoch)", throughSeq: 1, reason: "restored")))
            var request = TestLog.request("b")
            request.fence = held
            #expect(try await store.append(request) == .fenced(held))
            let next = try await leases.acquire("saga", owner: "two", duration: .seconds(600))
            #expect(try #require(next).epoch > held.epoch)
        }
    }

    @Test func `a process of the former epoch records nothing, by the connection that it has or by a new one`()
        async throws
    {
        try await TestLog.with { log in
            let (running, idle) = (log.makeStore(), log.makeStore())
            _ = try await running.append(TestLog.request("a"))
            _ = try await idle.epoch()
            _ = try await renew(log)
            let head = try await log.makeStore().head()
            for store in [running, idle] {
                let why = try await replacement { _ = try await store.append(TestLog.request("a")) }
                #expect(why?.contains("start this process anew") == true)
                #expect(try await replacement { _ = try await store.head() } != nil)
            }
            #expect(try await log.makeStore().head() == head)
            _ = try await log.makeStore().append(TestLog.request("a", .exactly(1)))
        }
    }

    @Test func `a process whose database lacks what it has seen records nothing and ends`() async throws {
        try await TestLog.with { log in
            let store = log.makeStore()
            for _ in 0..<3 { _ = try await store.append(TestLog.request("a")) }
            // As a replica that was behind has it: the same epoch, and an earlier end.
            try await log.asOwner { owner in
                try await owner.execute(
                    script: """
                        ALTER TABLE log_blocks DISABLE TRIGGER USER;
                        DELETE FROM log_blocks WHERE last_seq > 1;
                        """)
            }
            let why = try await shortening { _ = try await store.append(TestLog.request("b")) }
            #expect(why?.contains("ends at seq 1, but events up to 3 were seen") == true)
            #expect(why?.contains("weir store new-epoch") == true)
            #expect(try await shortening { _ = try await store.head() } != nil)
            #expect(try await shortening { try await store.run() } != nil)
        }
    }

    @Test func `a process that watches the log ends when its epoch does`() async throws {
        try await TestLog.with { log in
            let store = log.makeStore()
            _ = try await store.epoch()
            async let ended = replacement { try await store.run() }
            _ = try await renew(log)
            #expect(try await ended?.contains("it was restored") == true)
        }
    }
}

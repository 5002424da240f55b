import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// The append path as several processes meet it on one database.
@Suite struct AppendPathTests {
    @Test func `appends make no versions of rows that an open snapshot would keep for the next append`() async throws {
        try await TestLog.with { log in
            let store = log.makeStore()
            func versions() async throws -> String? {
                var found: String?
                try await log.asOwner { owner in
                    found = try await owner.query("SELECT string_agg(ctid::text, ' ') AS rows FROM log_store").first?
                        .decode("rows")
                }
                return found
            }
            let before = try await versions()
            for _ in 0..<5 { _ = try await store.append(TestLog.request("a")) }
            #expect(try await versions() == before)
            #expect(try await store.head() == 5)
        }
    }

    @Test func `a notification is a hint, and nobody's word for how far the log is`() async throws {
        try await TestLog.with { log in
            let store = log.makeStore()
            _ = try await store.append(TestLog.request("a"))
            let running = Task { try await store.run() }
            defer { running.cancel() }
            try await log.asOwner { owner in
                for _ in 0..<3 {
                    _ = try await owner.query("SELECT pg_notify('event_log', '9223372036854775807')")
                    _ = try await owner.query("SELECT pg_notify('event_log', 'rubbish')")
                    try await store.waitForEvents(after: 1, timeout: .milliseconds(50))
                    #expect(try await store.head() == 1)
                }
            }
            let other = log.makeStore()
            async let told: Void = store.waitForEvents(after: 1, timeout: .seconds(60))
            _ = try await other.append(TestLog.request("a"))
            try await told
            #expect(try await store.readAll(after: 1, limit: 10).count == 1)
        }
    }

    @Test func `a tip that another session holds makes an append fail in time, and nothing of it is recorded`()
        async throws
    {
        try await TestLog.with { log in
            // Every commit that notifies takes a lock of the whole server, so only one append here is impatient.
            let (store, impatient) = (log.makeStore(), log.makeStore(lockTimeout: .milliseconds(50)))
            _ = try await store.append(TestLog.request("a"))
            try await log.asOwner { owner in
                try await owner.withTransaction { owner in
                    _ = try await owner.query("SELECT 1 FROM log_store FOR UPDATE")
                    let error = await #expect(throws: EventStoreError.self) {
                        try await impatient.append(TestLog.request("a", .exactly(1)))
                    }
                    guard case .unavailable(let why, _)? = error else {
                        Issue.record("\(error as Any)")
                        return
                    }
                    #expect(why.contains("held the log's lock for longer than lock_timeout"))
                }
            }
            _ = try await store.append(TestLog.request("a", .exactly(1)))
            #expect(try await store.head() == 2)
        }
    }

    @Test func `two processes give one gapless order, and one of them wins each version, key and name`() async throws {
        try await TestLog.with { log in
            let stores = [log.makeStore(), log.makeStore()]
            let outcomes = try await withThrowingTaskGroup(of: (Int, AppendOutcome).self) { group in
                for number in 0..<400 {
                    group.addTask {
                        let item = number / 2
                        var request = TestLog.request("s\(item)", .exactly(0), events: 2)
                        switch item % 3 {
                        case 0:
                            request.idempotency = IdempotencyKey(scope: "s", key: "\(item)", fingerprint: [1])
                        case 1:
                            request = TestLog.request("n\(number)", .exactly(0), events: 2)
                            let claim = Claim(scope: "names", name: "Name \(item)")
                            request.claims = [.take(claim, for: request.writes[0].stream)]
                        default: break
                        }
                        return (item, try await stores[number % 2].append(request))
                    }
                }
                return try await group.reduce(into: [Int: [AppendOutcome]]()) { $0[$1.0, default: []].append($1.1) }
            }
            for (item, pair) in outcomes {
                let receipts = pair.compactMap { if case .appended(let receipt) = $0 { receipt } else { nil } }
                #expect(receipts.count == 1, "\(item): \(pair)")
                for case .duplicate(let receipt) in pair { #expect(receipt == receipts.first) }
            }
            let events = try await stores[0].readAll(after: 0, limit: 1_000)
            #expect(events.map(\.seq) == Array(1...400))
            #expect(try await stores[1].readAll(after: 0, limit: 1_000) == events)
            #expect(try await stores[1].head() == 400)
        }
    }

    @Test func `a request that comes again by another process gets the receipt of the first`() async throws {
        try await TestLog.with { log in
            let key = IdempotencyKey(scope: "s", key: "k", fingerprint: [1])
            let first = try await log.makeStore().append(TestLog.request("a", .exactly(0), key: key))
            guard case .appended(let receipt) = first else { throw CancellationError() }
            let again = try await log.makeStore().append(TestLog.request("a", .exactly(0), key: key))
            #expect(again == .duplicate(receipt))
        }
    }

    @Test func `receipts that have expired are forgotten in portions, others stay`() async throws {
        try await TestLog.with { log in
            var brief = EventStoreLimits()
            brief.receiptLifetime = .zero
            let (expiring, lasting) = (log.makeStore(brief), log.makeStore())
            let key = { (number: Int) in IdempotencyKey(scope: "s", key: "\(number)", fingerprint: [1]) }
            for number in 0..<25 { _ = try await expiring.append(TestLog.request("a", key: key(number))) }
            for number in 25..<30 { _ = try await lasting.append(TestLog.request("a", key: key(number))) }
            let pool = log.makePool()
            defer { pool.close() }
            #expect(try await PostgresEventStore.pruneReceipts(pool, portion: 10) == 25)
            #expect(try await PostgresEventStore.pruneReceipts(pool, portion: 10) == 0)
            for number in 25..<30 { #expect(try await lasting.receipt(for: key(number)) != nil) }
            let row = try await pool.query("SELECT count(*) AS count FROM command_receipts").first
            #expect(try row?.decode("count") == 5)
        }
    }

    @Test func `forgetting receipts does not wait for an append that uses one, and the append takes effect`()
        async throws
    {
        try await TestLog.with { log in
            var brief = EventStoreLimits()
            brief.receiptLifetime = .zero
            let store = log.makeStore(brief)
            let key = IdempotencyKey(scope: "s", key: "k", fingerprint: [1])
            _ = try await store.append(TestLog.request("a", key: key))
            let pool = log.makePool()
            defer { pool.close() }
            try await log.asOwner { owner in
                try await owner.withTransaction { owner in
                    _ = try await owner.query("SELECT 1 FROM command_receipts FOR UPDATE")
                    #expect(try await PostgresEventStore.pruneReceipts(pool) == 0)
                }
            }
            #expect(try await PostgresEventStore.pruneReceipts(pool) == 1)
            _ = try await store.append(TestLog.request("a", key: key))
        }
    }

    @Test func `a request that the database does not take is told, and its neighbours are recorded`() async throws {
        try await TestLog.with { log in
            let store = log.makeStore()
            let broken = AppendRequest(
                writes: [
                    StreamWrite(
                        stream: StreamName(category: "thing", id: "broken"), expected: .any,
                        events: [EncodedEvent(type: "thing.happened", schemaVersion: 1, payload: "{not json")])
                ], metadata: EventMetadata(actor: "user:ada"))
            let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        do {
                            let request = number == 7 ? broken : TestLog.request("s\(number)", .exactly(0))
                            guard case .appended = try await store.append(request) else { throw CancellationError() }
                            return false
                        } catch EventStoreError.malformed {
                            return true
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 1)
            #expect(try await store.head() == 29)
        }
    }

    @Test func `a request that was on its way when the server went is not said to be unrecorded`() async throws {
        try await DisposablePostgres.run { server in
            let log = try await TestLog.migrated(server.configuration)
            defer { log.close() }
            let store = log.makeStore(lockTimeout: .seconds(60))
            _ = try await store.append(TestLog.request("a"))
            let holder = try await PostgresConnection.connect(server.configuration)
            defer { holder.close() }
            _ = try await holder.query("BEGIN")
            _ = try await holder.query("SELECT 1 FROM log_store FOR UPDATE")
            let key = IdempotencyKey(scope: "s", key: "k", fingerprint: [1])
            async let keyed = store.append(TestLog.request("b", key: key))
            let observer = try await PostgresConnection.connect(server.configuration)
            defer { observer.close() }
            try await ServerActivity(observer).waitUntilRunning("append_batch")
            await server.kill()
            do {
                Issue.record("recorded without a server: \(try await keyed)")
            } catch EventStoreError.outcomeUnknown(let why) {
                #expect(!why.isEmpty)
            }
            await #expect {
                try await store.append(TestLog.request("c"))
            } throws: {
                if case .unavailable? = $0 as? EventStoreError { true } else { false }
            }
        }
    }
}

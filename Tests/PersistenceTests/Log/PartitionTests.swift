import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// The log is partitioned by range of seq.
@Suite struct PartitionTests {
    private func partitions(_ log: TestLog) async throws -> Int {
        let row = try await log.asOwner { owner in
            try await owner.query(
                "SELECT count(*) AS count FROM pg_inherits WHERE inhparent = 'event_log'::regclass")
        }.first
        return try row?.decode("count") ?? 0
    }

    @Test func `partitions are made ahead of need, once, by whichever process comes first`() async throws {
        try await TestLog.with { log in
            try await log.setPartitionSize(100)
            #expect(try await partitions(log) == 2)
            let store = log.makeStore()
            for _ in 0..<2 { _ = try await store.append(TestLog.request("a", events: 60)) }
            let pools = (0..<4).map { _ in log.makePool() }
            defer { pools.forEach { $0.close() } }
            try await withThrowingTaskGroup { group in
                for pool in pools { group.addTask { _ = try await pool.query("SELECT prepare_partitions()") } }
                try await group.waitForAll()
            }
            #expect(try await partitions(log) == 3)
        }
    }

    @Test func `under load no event is lost or out of order at the boundaries, also when nobody prepares them`()
        async throws
    {
        try await TestLog.with { log in
            try await log.setPartitionSize(50)
            let stores = [log.makeStore(), log.makeStore()]
            let (writers, each) = (8, 50)
            try await withThrowingTaskGroup { group in
                for writer in 0..<writers {
                    group.addTask {
                        for version in 0..<each {
                            let request = TestLog.request("w\(writer)", .exactly(version * 3), events: 3)
                            guard case .appended = try await stores[writer % 2].append(request) else {
                                throw CancellationError()
                            }
                        }
                    }
                }
                // One reads along all the while: `seq > cursor` is its whole rule.
                group.addTask {
                    var cursor: Int64 = 0
                    while cursor < Int64(writers * each * 3) {
                        for event in try await stores[0].readAll(after: cursor, limit: 1_000) {
                            #expect(event.seq == cursor + 1)
                            cursor = event.seq
                        }
                        try await stores[0].waitForEvents(after: cursor, timeout: .milliseconds(20))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await stores[1].head() == Int64(writers * each * 3))
            #expect(try await partitions(log) >= writers * each * 3 / 50)
            for writer in 0..<writers {
                let stream = StreamName(category: "thing", id: "w\(writer)")
                #expect(try await stores[1].readWholeStream(stream).map(\.version) == Array(1...(each * 3)))
            }
        }
    }

    @Test func `attaching a partition waits for no reader and no append, and they do not wait for it`() async throws {
        try await TestLog.with { log in
            try await log.setPartitionSize(100)
            let store = log.makeStore(lockTimeout: .seconds(60))
            for _ in 0..<2 { _ = try await store.append(TestLog.request("a", events: 60)) }
            try await log.asOwner { reader in
                try await reader.withTransaction { reader in
                    // Holds the log as a long query does.
                    _ = try await reader.query("SELECT count(*) FROM event_log")
                    try await log.asOwner { maker in
                        try await maker.withTransaction { maker in
                            let made = try await maker.query("SELECT prepare_partitions(250) AS made").first
                            #expect(try made?.decode("made") == 1)
                            // Attached and not committed: appends and readers go on.
                            _ = try await store.append(TestLog.request("b"))
                            #expect(try await store.readAll(after: 119, limit: 10).map(\.seq) == [120, 121])
                        }
                    }
                }
            }
        }
    }

    @Test func `new partitions refuse changes as the log does`() async throws {
        try await TestLog.with { log in
            try await log.setPartitionSize(10)
            let store = log.makeStore()
            _ = try await store.append(TestLog.request("a", events: 60))
            for statement in [
                "UPDATE event_log SET type = 'x' WHERE seq = 55", "DELETE FROM event_log_5", "TRUNCATE event_log_5",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await log.asOwner { try await $0.execute(script: statement) }
                }
                #expect(error?.sqlState == "55000", "\(statement)")
            }
        }
    }
}

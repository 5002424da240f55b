import Postgres
import TestSupport
import Testing

@testable import Persistence

/// What other processes are told of the log's end.
@Suite struct TipAnnouncerTests {
    @Test func `the last of many is announced, and one that comes alone`() async throws {
        try await TestLog.with { log in
            let pool = log.makePool()
            defer { pool.close() }
            let listener = try await PostgresConnection.connect(log.service)
            defer { listener.close() }
            var heard = try await listener.notifications(on: "tip").makeAsyncIterator()
            let announcer = TipAnnouncer(pool, channel: "tip")

            for seq in 1...1_000 { announcer.announce(Int64(seq)) }
            var count = 0
            while let said = await heard.next() {
                count += 1
                if said.payload == "1000" { break }
            }
            #expect(count < 100, "so many were announced: \(count)")

            announcer.announce(1_001)
            #expect(await heard.next()?.payload == "1001")
        }
    }
}

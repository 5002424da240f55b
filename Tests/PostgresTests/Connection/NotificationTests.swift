import FoundationEssentials
import TestSupport
import Testing

@testable import Postgres

@Suite struct NotificationTests {
    private func first(
        _ count: Int, of notifications: AsyncStream<PostgresNotification>
    ) async -> [PostgresNotification] {
        var all: [PostgresNotification] = []
        for await notification in notifications {
            all.append(notification)
            if all.count == count { break }
        }
        return all
    }

    private func withTwo(_ work: (PostgresConnection, PostgresConnection) async throws -> Void) async throws {
        try await withScratchDatabase { (configuration) async throws in
            let listener = try await PostgresConnection.connect(configuration)
            let speaker = try await PostgresConnection.connect(configuration)
            defer { [listener, speaker].forEach { $0.close() } }
            try await work(listener, speaker)
        }
    }

    @Test func `notifications arrive in order, with their payload`() async throws {
        try await withTwo { (listener, speaker) async throws in
            let notifications = try await listener.notifications(on: "tip")
            try await speaker.query("NOTIFY tip")
            try await speaker.query("SELECT pg_notify('tip', $1)", .init("naïve 🌊 'quoted'"))
            let heard = await first(2, of: notifications)
            #expect(heard.map(\.payload) == ["", "naïve 🌊 'quoted'"])
            #expect(heard.map(\.channel) == ["tip", "tip"])
        }
    }

    @Test func `each stream hears its own channel, whatever the channel is called`() async throws {
        try await withTwo { (listener, speaker) async throws in
            let names = ["a", "A", "with \"quotes\"", "with\"\u{301}; a mark"]
            var streams: [AsyncStream<PostgresNotification>] = []
            for name in names { streams.append(try await listener.notifications(on: name)) }
            for name in names { try await speaker.query("SELECT pg_notify($1, 'to ' || $1)", .init(name)) }
            for (name, stream) in zip(names, streams) {
                #expect(await first(1, of: stream) == [PostgresNotification(channel: name, payload: "to \(name)")])
            }
        }
    }

    @Test func `several streams on one channel all hear it`() async throws {
        try await withTwo { (listener, speaker) async throws in
            let streams = [try await listener.notifications(on: "tip"), try await listener.notifications(on: "tip")]
            try await speaker.query("NOTIFY tip, 'x'")
            for stream in streams { #expect(await first(1, of: stream).map(\.payload) == ["x"]) }
        }
    }

    @Test func `when the last stream is dropped, the server is told to be silent`() async throws {
        try await withTwo { (listener, _) async throws in
            var streams: [AsyncStream<PostgresNotification>]? = [
                try await listener.notifications(on: "tip"), try await listener.notifications(on: "tip"),
            ]
            #expect(streams?.count == 2)
            #expect(try await listener.query("SELECT pg_listening_channels()").rowCount == 1)
            streams = nil
            try await eventually("the session listens no more") {
                try await listener.query("SELECT pg_listening_channels()").rowCount == 0
            }
        }
    }

    @Test func `a slow reader keeps the newest notifications`() async throws {
        try await withTwo { (listener, speaker) async throws in
            let notifications = try await listener.notifications(on: "tip", capacity: 2)
            for number in 1...5 { try await speaker.query("SELECT pg_notify('tip', $1)", .init("\(number)")) }
            // Its own notification comes last, and before the answer to the statement after it.
            try await listener.query("NOTIFY tip, '6'")
            try await listener.query("SELECT 1")
            let heard = await first(2, of: notifications).map(\.payload)
            #expect(heard == ["5", "6"])
        }
    }

    @Test func `notifications end when the server ends the session`() async throws {
        try await withTwo { (listener, speaker) async throws in
            let notifications = try await listener.notifications(on: "tip")
            try await speaker.query("SELECT pg_terminate_backend($1)", .init(listener.backendProcessID))
            for await notification in notifications { Issue.record("nobody said \(notification)") }
            #expect(!listener.isUsable)
            await #expect(throws: PostgresError.self) { try await listener.notifications(on: "tip") }
        }
    }
}

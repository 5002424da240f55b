import ControlPlane
import Domain
import EventSourcing
import Postgres
import Telemetry
import TestSupport
import Testing

@testable import Persistence

/// Events that a read model cannot take in.
struct ParkingTests {
    /// Notes the descriptions of each workspace in the order in which they come; some cannot be numbers.
    ///
    /// - Parameter assigned: Whether each workspace's row is assigned to, and not reached by statements.
    private static func numbers(timeTravel: String = "off", assigned: Bool = false) throws -> ProjectionDefinition {
        let number = """
            coalesce((SELECT number FROM allowed WHERE id = e.payload->>'description'),
                (e.payload->>'description')::integer)
            """
        let made = assigned ? "numbers.seen := '{}';" : "INSERT INTO numbers (id) VALUES (e.stream_id::uuid);"
        let described =
            assigned
            ? "numbers.seen := numbers.seen || \(number);"
            : "UPDATE numbers SET seen = seen || \(number)\nWHERE id = e.stream_id::uuid;"
        return try ProjectionDefinition(
            file: "projections/numbers.sql",
            content: """
                -- projection: numbers
                -- version: 1
                -- time-travel: \(timeTravel)
                CREATE TABLE allowed (id text PRIMARY KEY, number integer NOT NULL);
                \(assigned ? "-- row-per: workspace" : "")
                CREATE TABLE numbers (id uuid PRIMARY KEY, seen integer[] NOT NULL DEFAULT '{}');
                -- on: workspace.created
                \(made)
                -- on: workspace.described
                \(described)
                -- ignores: connection.*, job.*, run.*, security.*, system.*
                """)
    }

    /// - Parameter described: What it does with descriptions.
    private static func secondVersion(described: String) throws -> ProjectionDefinition {
        try ProjectionDefinition(
            file: "projections/numbers.sql",
            content: """
                -- projection: numbers
                -- version: 2
                CREATE TABLE numbers (id uuid PRIMARY KEY, seen integer[] NOT NULL DEFAULT '{}');
                -- on: workspace.created
                INSERT INTO numbers (id) VALUES (e.stream_id::uuid);
                \(described)
                -- ignores: connection.*, job.*, run.*, security.*, system.*
                """)
    }

    private func workspace(_ name: String, _ log: ProjectedLog) async throws -> WorkspaceID {
        let id = WorkspaceID(Environment.live.makeUUID())
        _ = try await log.transactor.transact(
            WorkspaceDecider.self, .create(name: name, description: ""), on: "\(id)", context: ProjectedLog.context)
        return id
    }

    private func describe(_ id: WorkspaceID, _ texts: String..., on log: ProjectedLog) async throws {
        for text in texts {
            _ = try await log.transactor.transact(
                WorkspaceDecider.self, .describe(description: text), on: "\(id)", context: ProjectedLog.context)
        }
    }

    private func seen(_ id: WorkspaceID, _ log: ProjectedLog) async throws -> String? {
        try await log.pool.query(
            "SELECT seen::text AS seen FROM projections.numbers WHERE id = $1", .init(id.uuid)
        ).first?.decode("seen")
    }

    @Test(arguments: [1, 2, 1_000] as [Int64], [false, true])
    func `An event that fails waits with what follows in its stream, others go on, and a retry takes all in in order`(
        step: Int64, assigned: Bool
    ) async throws {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store([Self.numbers(assigned: assigned)]), try await log.fence())
            try await store.install(fence: fence)
            let (bad, good) = (try await workspace("bad", log), try await workspace("good", log))
            try await describe(bad, "1", "poison", "2", on: log)
            try await describe(good, "7", "8", on: log)
            try await describe(bad, "3", on: log)
            try await log.catchUp(store, fence, step: step)
            #expect(try await seen(good, log) == "{7,8}")
            #expect(try await seen(bad, log) == "{1}")
            let parked = try #require(try await store.parkedStreams(of: "numbers").first)
            #expect((parked.stream, parked.seq, parked.events) == ("workspace-\(bad)", 4, 3))
            #expect((parked.eventType, parked.sqlState) == ("workspace.described", "22P02"))
            #expect(try await store.generations().map(\.parkedStreams) == [1])
            #expect(try await store.generations().map(\.cursor) == [try await log.events.head()])

            // Still broken: nothing changes.
            #expect(try await store.askRetry(of: "numbers", stream: nil) == 1)
            try await store.retryParked(fence: fence)
            #expect(try await seen(bad, log) == "{1}")
            #expect(try await store.parkedStreams(of: nil).map(\.seq) == [4])

            try await log.pool.query("INSERT INTO p_numbers_1.allowed VALUES ('poison', 99)")
            #expect(try await store.askRetry(of: "numbers", stream: "workspace-\(bad)") == 1)
            try await store.retryParked(fence: fence)
            #expect(try await seen(bad, log) == "{1,99,2,3}")
            #expect(try await store.parkedStreams(of: nil).isEmpty)
            try await describe(bad, "4", on: log)
            try await log.catchUp(store, fence, step: step)
            #expect(try await seen(bad, log) == "{1,99,2,3,4}")
        }
    }

    @Test(arguments: [false, true])
    func `What was parked and retried is in the log, each once, without the event's data`(
        assigned: Bool
    ) async throws {
        try await ProjectedLog.run { log in
            let definition = try Self.numbers(timeTravel: "on", assigned: assigned)
            let (store, fence) = (try log.store([definition]), try await log.fence())
            try await store.install(fence: fence)
            let bad = try await workspace("bad", log)
            try await describe(bad, "poison", on: log)
            try await log.catchUp(store, fence)
            let builder = ProjectionBuilder(events: log.events, projections: store, log: .silent)
            try await builder.noteAll(fence)
            try await builder.noteAll(fence)
            try await log.pool.query("INSERT INTO p_numbers_1.allowed VALUES ('poison', 99, 0)")
            _ = try await store.askRetry(of: "numbers", stream: nil)
            try await store.retryParked(fence: fence)
            try await builder.noteAll(fence)
            let notes = try await log.events.readStream(StreamName(category: "system", id: "weir"), after: 0, limit: 10)
            #expect(notes.map(\.event.type) == ["system.event_parked", "system.parked_retried"])
            #expect(notes.allSatisfy { !$0.event.payload.contains("poison") })
            // What readers saw while it was parked stays what they saw.
            let past = try await log.pool.query(
                "SELECT seen::text AS seen FROM projections.numbers_versions WHERE _from <= 2 AND _to > 2"
            ).rows
            #expect(try past.map { try $0.decode("seen", as: String.self) } == ["{}"])
            #expect(try await seen(bad, log) == "{99}")
        }
    }

    @Test func `An event that only a newer version can read is not parked: readers wait for that version`() async throws
    {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            let first = try log.store([Self.numbers()])
            try await first.install(fence: fence)
            let id = try await workspace("a", log)
            let newer = EncodedEvent(type: "workspace.described", schemaVersion: 9, payload: "{}")
            _ = try await log.events.append(
                AppendRequest(
                    writes: [
                        StreamWrite(
                            stream: StreamName(category: "workspace", id: "\(id)"), expected: .any, events: [newer])
                    ], metadata: ProjectedLog.context.metadata))
            let step = try await first.advance(limit: 1_000, except: [], fence: fence)
            #expect(step.failures["numbers"]?.contains("WE004") == true)
            #expect(try await first.parkedStreams(of: nil).isEmpty)
            #expect(try await first.generations().map(\.cursor) == [0])

            let second = try log.store([Self.secondVersion(described: "-- ignores: workspace.described")])
            try await second.install(fence: fence)
            try await log.settle(second, fence)
            #expect(try await log.states(second) == ["2 live"], "one that stands still is replaced")
            try await log.catchUp(second, fence)
            #expect(try await seen(id, log) == "{}")
        }
    }

    @Test func `A generation that parks an event after it was compared is compared again before readers see it`()
        async throws
    {
        try await ProjectedLog.run { log in
            let (store, fence) = (try log.store([Self.numbers()]), try await log.fence())
            try await store.install(fence: fence)
            let id = try await workspace("a", log)
            try await log.catchUp(store, fence)
            let new = try await store.beginRebuild("numbers")
            while try await !store.build(new, limit: 1_000, fence: fence) {}
            try await log.pool.withTransaction { reader in
                // Whoever reads at length holds the switch up, not the comparison.
                _ = try await reader.query("SELECT count(*) FROM projections.numbers")
                try await store.settle(try await waiting(store), fence: fence)
            }
            #expect(try await waiting(store).comparedSeq != nil)
            try await log.pool.query("INSERT INTO p_numbers_1.allowed VALUES ('poison', 99)")
            try await describe(id, "poison", on: log)
            _ = try await store.advance(limit: 1_000, except: [], fence: fence)
            #expect(try await store.parkedStreams(of: nil).map(\.generation) == [2])
            try await store.settle(try await waiting(store), fence: fence)
            try await store.settle(try await waiting(store), fence: fence)
            #expect(try await log.states(store) == ["1 live", "1 differs"])
            #expect(try await seen(id, log) == "{99}")
        }
    }

    private func waiting(_ store: PostgresProjectionStore) async throws -> ProjectionGeneration {
        try #require(try await store.generations().first { !$0.isLive })
    }

    @Test func `A new version that can take the event in replaces one that could not`() async throws {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            let first = try log.store([Self.numbers()])
            try await first.install(fence: fence)
            // The name of a workspace becomes an allowed text.
            let bad = try await workspace("bad", log)
            try await describe(bad, "poison", on: log)
            _ = try await workspace("poison", log)
            try await log.catchUp(first, fence)
            #expect(try await first.parkedStreams(of: nil).count == 1)
            let mended = try Self.secondVersion(
                described: """
                    -- on: workspace.described
                    UPDATE numbers SET seen = seen || length(e.payload->>'description') WHERE id = e.stream_id::uuid;
                    """)
            let second = try log.store([mended])
            try await second.install(fence: fence)
            try await log.catchUp(second, fence)
            #expect(try await log.states(second) == ["2 live"])
            #expect(try await second.parkedStreams(of: nil).isEmpty)
            #expect(try await seen(bad, log) == "{6}")
        }
    }
}

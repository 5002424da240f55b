import ControlPlane
import EventSourcing
import Postgres
import Testing

@testable import Persistence

/// A file that changes between two programs.
struct ProjectionVersionTests {
    private static let insert = "INSERT INTO tally (id) VALUES (e.stream_id::uuid);"
    private static let named = "INSERT INTO tally (id, name) VALUES (e.stream_id::uuid, e.payload->>'name');"

    private func second() throws -> ProjectionDefinition {
        try .tally(version: 2, columns: "id uuid PRIMARY KEY, name text NOT NULL", statement: Self.named)
    }

    @Test func `A new version is built beside the live one, and readers are switched when it has caught up`()
        async throws
    {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            let first = try log.store([try .tally(version: 1, statement: Self.insert)])
            try await first.install(fence: fence)
            let sample = try await SampleJob("1", on: log)
            try await log.catchUp(first, fence)
            let before = try await log.rows(of: "tally")
            #expect(before == "(\(sample.workspace))")

            let newer = try log.store([second()])
            try await newer.install(fence: fence)
            try await newer.install(fence: fence)
            #expect(try await newer.generations().map(\.version) == [1, 2])
            let building = try #require(try await newer.generations().last)
            #expect(try await newer.build(building, limit: 1, fence: fence) == false)
            #expect(try await log.rows(of: "tally") == before)
            try await log.catchUp(newer, fence)
            #expect(try await newer.generations().map(\.version) == [2])
            #expect(try await log.rows(of: "tally") == "(\(sample.workspace),\"Grid 1\")")
        }
    }

    @Test func `A changed file of the same version is refused, and the answer says to raise the version`() async throws
    {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            try await log.store([try .tally(version: 1, statement: Self.insert)]).install(fence: fence)
            let changed = try log.store([try .tally(version: 1, statement: Self.insert + "\nDELETE FROM tally;")])
            let error = try await #require(throws: ProjectionFileError.self) { try await changed.install(fence: fence) }
            let atStart = try await #require(throws: ProjectionFileError.self) { try await changed.check() }
            #expect(atStart.description == error.description)
            #expect(
                error.description
                    == "projections/tally.sql:1: was changed, but still says version 1; raise its version")
        }
    }

    @Test func `A program older than the database leaves its read models alone`() async throws {
        try await ProjectedLog.run { log in
            let fence = try await log.fence()
            try await log.store([second()]).install(fence: fence)
            let older = try log.store([try .tally(version: 1, statement: Self.insert)])
            let error = try await #require(throws: ProjectionChange.self) { try await older.install(fence: fence) }
            #expect(error.description.contains("run the newer program"))
            #expect(try await older.generations().map(\.version) == [2])
        }
    }
}

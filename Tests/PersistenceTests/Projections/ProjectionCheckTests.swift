import ControlPlane
import EventSourcing
import Postgres
import Telemetry
import TestSupport
import Testing

@testable import Persistence

/// Mistakes that only the database can find, found before any event comes.
struct ProjectionCheckTests {
    private static let correct = """
        -- projection: tally
        -- version: 1
        -- time-travel: on

        CREATE TABLE tally (
            id   uuid PRIMARY KEY,
            name text NOT NULL
        );

        -- before-switch:
        CREATE INDEX ON tally (lower(name));

        -- on: workspace.created
        INSERT INTO tally (id, name)
        VALUES (e.stream_id::uuid, e.payload->>'name');

        -- on: workspace.described
        -- A comment.
        UPDATE tally SET name = e.payload->>'description'
        WHERE id = e.stream_id::uuid;
        DELETE FROM tally WHERE name = '';

        -- ignores: connection.*, job.*, run.*, security.*, system.*
        """

    typealias Mistake = ProjectionDefinitionTests.Mistake

    static let mistakes = [
        Mistake(original: "(id, name)", change: "(id, title)", line: 14, message: "column \"title\""),
        Mistake(original: "SET name =", change: "SET title =", line: 19, message: "column \"title\""),
        Mistake(original: "WHERE name = ''", change: "WHERE title = ''", line: 21, message: "\"title\" does not exist"),
        Mistake(
            original: "DELETE FROM tally", change: "DELETE FROM tallies", line: 21,
            message: "\"tallies\" does not exist"),
        Mistake(
            original: "VALUES (e.stream_id::uuid,", change: "VALUES (e.stream_version,", line: 15,
            message: "is of type uuid but expression is of type integer"),
        Mistake(
            original: "e.payload->>'name'", change: "e.payloads->>'name'", line: 15,
            message: "an event has no such field"),
        Mistake(
            original: "WHERE id = e.stream_id::uuid;", change: "WHERE WHERE id = 1;", line: 20, message: "syntax error"),
        Mistake(original: "name text NOT NULL", change: "name texts NOT NULL", line: 7, message: "type \"texts\""),
        Mistake(original: "uuid PRIMARY KEY", change: "uuid NOT NULL", line: 5, message: "needs a PRIMARY KEY"),
        Mistake(original: "lower(name)", change: "lower(title)", line: 11, message: "\"title\" does not exist"),
        Mistake(
            original: "-- time-travel: on", change: "-- changes: tally.title", line: 3,
            message: "the table tally has no column title"),
    ]

    private func definition(_ content: String) throws -> ProjectionDefinition {
        try ProjectionDefinition(file: "projections/tally.sql", content: content)
    }

    @Test func `Each mistake is refused with its file and line, and nothing is left of the attempt`() async throws {
        try await ProjectedLog.run { log in
            try await log.store([definition(Self.correct)]).check()
            for mistake in Self.mistakes {
                let content = Self.correct.replacing(mistake.original, with: mistake.change, maxReplacements: 1)
                #expect(content != Self.correct)
                let store = try log.store([definition(content)])
                let error = try await #require(throws: ProjectionFileError.self, "\(mistake.message)") {
                    try await store.check()
                }
                #expect(error.description.hasPrefix("projections/tally.sql:\(mistake.line): "), "\(error)")
                #expect(error.message.contains(mistake.message), "\(error)")
            }
            let left = try await log.pool.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'check%'")
            #expect(left.rowCount == 0)
        }
    }

    @Test func `The projector does not start with a mistake in a file, and says which`() async throws {
        try await ProjectedLog.run { log in
            let store = try log.store([definition(Self.correct.replacing("SET name =", with: "SET title ="))])
            let runner = ProjectionRunner(
                events: log.events, projections: store, leases: log.leases, owner: "a", log: .silent)
            await #expect(throws: ProjectionFileError.self) { try await runner.run() }
            #expect(try await store.generations().isEmpty)
        }
    }

    @Test func `Two files that make a table of one name are refused`() throws {
        let other = Self.correct.replacing("projection: tally", with: "projection: other")
        let error = try #require(throws: ProjectionFileError.self) {
            try ProjectionDefinition.requireOwnNames([
                definition(Self.correct), ProjectionDefinition(file: "projections/other.sql", content: other),
            ])
        }
        #expect(error.description.hasPrefix("projections/other.sql:5: projections/tally.sql makes a table tally, too"))
    }
}

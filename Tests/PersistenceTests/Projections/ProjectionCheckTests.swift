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

    private static let assigned = """
        -- projection: tally
        -- version: 1
        -- time-travel: on

        -- row-per: workspace
        CREATE TABLE tally (
            id   uuid PRIMARY KEY,
            name text NOT NULL,
            size integer
        );

        -- on: workspace.created
        tally.name := e.payload->>'name';

        -- on: workspace.described
        tally.name := coalesce(
            e.payload->>'description', tally.name);
        -- A comment.
        tally.size := e.stream_version;

        -- ignores: connection.*, job.*, run.*, security.*, system.*
        """

    static let assignmentMistakes = [
        Mistake(original: "tally.name := e", change: "tally.title := e", line: 13, message: "column \"title\""),
        Mistake(
            original: "e.payload->>'description', tally.name", change: "e.payload->>'description', tally.title",
            line: 17, message: "tally.title does not exist"),
        Mistake(
            original: "tally.size := e.stream_version", change: "tally.size := e.type", line: 19,
            message: "is of type integer but expression is of type text"),
        Mistake(
            original: "tally.size := e.stream_version", change: "tally.size := e.stream_versions", line: 19,
            message: "an event has no such field"),
        Mistake(
            original: "id   uuid PRIMARY KEY", change: "id uuid, key integer PRIMARY KEY", line: 6,
            message: "a table with a row per stream has the stream's id as its key: id uuid PRIMARY KEY"),
    ]

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
            for (correct, mistakes) in [(Self.correct, Self.mistakes), (Self.assigned, Self.assignmentMistakes)] {
                try await log.store([definition(correct)]).check()
                for mistake in mistakes {
                    try await mistake.expectRefused(in: correct, of: "projections/tally.sql") { content in
                        let store = try log.store([definition(content)])
                        try await store.check()
                    }
                }
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

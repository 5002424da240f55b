import ControlPlane
import Testing

@testable import Persistence

/// What a file in projections/ may say. The events here are of a registry of its own.
struct ProjectionDefinitionTests {
    static let eventTypes = ["thing": ["thing.made", "thing.renamed"], "other": ["other.noted"]]

    static let correct = """
        -- projection: thing
        -- version: 2

        CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL);

        -- on: thing.made
        INSERT INTO thing (id, name) VALUES (e.stream_id::uuid, e.payload->>'name');

        -- on: thing.renamed
        UPDATE thing SET name = e.payload->>'name' WHERE id = e.stream_id::uuid;

        -- ignores: other.*

        """

    private func read(_ content: String) throws -> ProjectionDefinition {
        try ProjectionDefinition(file: "projections/thing.sql", content: content, eventTypes: Self.eventTypes)
    }

    @Test func `A file says its name, its version, its tables and what each event does`() throws {
        let definition = try read(Self.correct)
        #expect(definition.name == "thing")
        #expect(definition.version == 2)
        #expect(definition.relations.map(\.name) == ["thing"])
        #expect(definition.handlers.map(\.type) == ["thing.made", "thing.renamed"])
    }

    @Test func `The read models of this program know every event of the registry`() throws {
        let names = try ProjectionDefinition.embedded().map(\.name)
        #expect(Set(names) == ["workspace", "connection", "job", "run_summary"])
    }

    /// A change of the correct file, the line that is at fault then, and a part of what is said about it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let original: String
        let change: String
        let line: Int
        let message: String

        var testDescription: String { message }

        /// Expects `read` to refuse a correct file with this mistake in it, and to say where it is and what to do.
        func expectRefused(in correct: String, of file: String, by read: (String) async throws -> Void) async throws {
            let content = correct.replacing(original, with: change, maxReplacements: 1)
            #expect(content != correct)
            let error = try await #require(throws: ProjectionFileError.self, "\(message)") { try await read(content) }
            #expect(error.description.hasPrefix("\(file):\(line): "), "\(error)")
            #expect(error.message.contains(message), "\(error)")
        }
    }

    static let mistakes = [
        Mistake(original: "-- projection: thing\n", change: "\n", line: 1, message: "“-- projection: NAME” is missing"),
        Mistake(original: "-- version: 2\n", change: "\n", line: 1, message: "“-- version: NUMBER” is missing"),
        Mistake(original: "version: 2", change: "version: two", line: 2, message: "version must be a number from 1"),
        Mistake(original: "version: 2", change: "version: 0", line: 2, message: "version must be a number from 1"),
        Mistake(original: "projection: thing", change: "projection: Thing", line: 1, message: "a lower-case letter"),
        Mistake(
            original: "CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL);", change: "", line: 1,
            message: "add CREATE TABLE"),
        Mistake(
            original: "on: thing.renamed", change: "on: thing.rename", line: 9,
            message: "there is no event thing.rename; there are thing.made, thing.renamed"),
        Mistake(
            original: "on: thing.renamed", change: "on: thong.renamed", line: 9,
            message: "there is no event thong.renamed; there are other, thing"),
        Mistake(
            original: "on: thing.renamed", change: "on: thing.made", line: 9, message: "thing.made is handled twice"),
        Mistake(
            original: "UPDATE thing SET name = e.payload->>'name' WHERE id = e.stream_id::uuid;", change: "", line: 9,
            message: "thing.renamed has no statement"),
        Mistake(original: "ignores: other.*", change: "ignores: othre.*", line: 12, message: "othre.* names no stream"),
        Mistake(
            original: "ignores: other.*", change: "ignores: other.x", line: 12, message: "there is no event other.x"),
        Mistake(
            original: "ignores: other.*", change: "ignores: other.*, thing.made", line: 12,
            message: "thing.made is both handled and ignored"),
        Mistake(
            original: "-- ignores: other.*", change: "", line: 1,
            message: "other.noted is neither handled nor ignored; add “-- on: other.noted” or “-- ignores: other.noted”"
        ),
        Mistake(
            original: "-- ignores: other.*", change: "-- ignore: other.*", line: 12,
            message:
                "“ignore” is not known; there are projection, version, time-travel, changes, row-per, before-switch, on, "
                + "ignores"
        ),
        Mistake(
            original: "-- version: 2\n", change: "-- version: 2\n-- time-travel: yes\n", line: 3,
            message: "time-travel is on or off"),
        Mistake(
            original: "-- version: 2\n", change: "-- version: 2\n-- changes: things\n", line: 3,
            message: "the file makes no table things"),
        Mistake(
            original: "name text NOT NULL);", change: "name text NOT NULL)", line: 4,
            message: "the statement does not end"),
        Mistake(
            original: "UPDATE thing SET", change: "SELECT * FROM", line: 10,
            message: "a statement begins with INSERT, UPDATE, DELETE, MERGE, WITH or TABLE.COLUMN :="),
        Mistake(
            original: "UPDATE thing SET name = e.payload->>'name' WHERE id = e.stream_id::uuid;",
            change: "thing.name := e.payload->>'name';", line: 10,
            message: "no table has rows of thing; add “-- row-per: thing” before its CREATE TABLE"),
        Mistake(
            original: "CREATE TABLE", change: "-- row-per: things\nCREATE TABLE", line: 4,
            message: "things names no stream; there are other, thing"),
        Mistake(
            original: "-- on: thing.made", change: "-- row-per: other\n-- on: thing.made", line: 6,
            message: "CREATE TABLE must follow"),
    ]

    static let rows = """
        -- projection: thing
        -- version: 2

        -- row-per: thing
        CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL, size integer);

        -- on: thing.made
        thing.name := e.payload->>'name';

        -- on: thing.renamed
        thing.name := e.payload->>'name';
        thing.size := length(
            e.payload->>'name');

        -- on: other.noted
        INSERT INTO note (id) VALUES (e.seq);

        """

    static let rowMistakes = [
        Mistake(
            original: "thing.size :=", change: "note.size :=", line: 12,
            message: "thing.renamed assigns to thing, its stream's row, alone"),
        Mistake(
            original: "thing.size :=", change: "thing.id :=", line: 12,
            message: "the id of a row is the id of its stream; it is not assigned"),
        Mistake(
            original: "thing.size := length(", change: "UPDATE thing SET size = (", line: 12,
            message: "thing.renamed has assignments or statements, not both"),
        Mistake(
            original: "-- on: thing.made", change: "-- row-per: thing\nCREATE TABLE b (id uuid);\n-- on: thing.made",
            line: 7, message: "thing has the rows of thing already; a file has one such table for a stream"),
        Mistake(
            original: "thing.name := e.payload->>'name';\n\n-- on: thing.renamed", change: "\n-- on: thing.renamed",
            line: 7, message: "thing.made has no statement"),
    ]

    @Test(arguments: mistakes)
    func `A mistake is named with its file, its line and what to do`(_ mistake: Mistake) async throws {
        try await mistake.expectRefused(in: Self.correct, of: "projections/thing.sql") { _ = try read($0) }
    }

    @Test(arguments: rowMistakes)
    func `A mistake about rows is named, too`(_ mistake: Mistake) async throws {
        try await mistake.expectRefused(in: Self.rows, of: "projections/thing.sql") { _ = try read($0) }
    }

    private func turns(_ content: String) throws -> [ProjectionDefinition.Turn] {
        let definition = try read(content)
        return definition.handlers.map(definition.turn)
    }

    @Test func `Events whose order matters to others keep it`() throws {
        #expect(try turns(Self.correct) == [.alone, .alone])
        #expect(try turns(Self.rows) == [.any, .any, .alone])
        // Whether there is a thing of that name depends on all that came before.
        let reading = Self.rows.replacing(
            "thing.size := length(\n    e.payload->>'name');",
            with: "thing.size := (SELECT count(*) FROM other_table, thing\nWHERE thing.name = e.payload->>'name');")
        #expect(reading != Self.rows)
        #expect(try turns(reading) == [.beforeReaders, .alone, .alone])
        // A column of that name, and a text, are none of the table.
        let naming = Self.rows.replacing("e.payload->>'name');", with: "e.payload->>'thing' || thing.name);")
        #expect(try turns(naming) == [.any, .any, .alone])
        let runs = try #require(try ProjectionDefinition.embedded().first { $0.name == "run_summary" })
        let before = runs.handlers.filter { runs.turn(of: $0) != .any }
        #expect(before.map(\.type) == ["workspace.created", "job.created"])
        #expect(before.allSatisfy { runs.turn(of: $0) == .beforeReaders })
    }

    @Test func `A file becomes one function that walks the events in order`() throws {
        let script = try read(Self.correct).script(schema: "p_thing_1")
        #expect(script.contains("WHERE seq > after AND seq <= through AND type IN ('thing.made', 'thing.renamed')"))
        #expect(
            script.contains(
                """
                            WHEN 'thing.renamed' THEN
                UPDATE thing SET name = e.payload->>'name' WHERE id = e.stream_id::uuid;
                """))
        #expect(!script.contains("keep_history"))
    }

    @Test func `JSON is taken apart only for the events whose statements read it`() throws {
        let script = try read(Self.correct.replacing("SET name = e.payload->>'name'", with: "SET name = 'new'"))
            .functionScript(schema: "p")
        #expect(script.contains("CASE WHEN type NOT IN ('thing.made') THEN NULL"))
        #expect(script.contains("NULL::jsonb AS metadata"))
        let whole = try read(Self.correct.replacing("SET name = e.payload->>'name'", with: "SET name = e::text"))
            .functionScript(schema: "p")
        #expect(whole.contains("CASE WHEN type NOT IN ('thing.made', 'thing.renamed') THEN NULL"))
        #expect(whole.contains("CASE WHEN type NOT IN ('thing.renamed') THEN NULL"))
    }

    @Test func `A file says what is kept, what readers need, and what means something new`() throws {
        let definition = try read(
            Self.correct.replacing(
                "-- version: 2\n",
                with: """
                    -- version: 2
                    -- time-travel: on
                    -- changes: thing.name, thing

                    """
            ).replacing(
                "-- on: thing.made", with: "-- before-switch:\nCREATE INDEX ON thing\n (name);\n-- on: thing.made"))
        #expect(definition.isTimeTravelled)
        #expect(definition.changes.map(\.column) == ["name", nil])
        #expect(definition.beforeSwitch.map(\.text) == ["CREATE INDEX ON thing\n (name);\n"])
        #expect(definition.beforeSwitch.map(\.line) == [9])
        #expect(definition.script(schema: "p").contains("SELECT keep_history('thing');"))
    }
}

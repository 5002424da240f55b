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
        #expect(definition.relations == ["thing"])
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
            message: "“ignore” is not known; there are projection, version, on, ignores"),
        Mistake(
            original: "UPDATE thing SET", change: "SELECT * FROM", line: 10,
            message: "a statement begins with INSERT, UPDATE, DELETE, MERGE or WITH"),
    ]

    @Test(arguments: mistakes)
    func `A mistake is named with its file, its line and what to do`(_ mistake: Mistake) throws {
        let content = Self.correct.replacing(mistake.original, with: mistake.change, maxReplacements: 1)
        #expect(content != Self.correct)
        let error = try #require(throws: ProjectionFileError.self) { try read(content) }
        #expect(error.description.hasPrefix("projections/thing.sql:\(mistake.line): "), "\(error)")
        #expect(error.message.contains(mistake.message), "\(error)")
    }

    @Test func `A file becomes one function that walks the events in order`() throws {
        #expect(try read(Self.correct).script(schema: "p_thing_1") == Self.golden)
    }
}

extension ProjectionDefinitionTests {
    fileprivate static let golden = #"""
        CREATE SCHEMA "p_thing_1";
        SET LOCAL search_path = "p_thing_1", public;

        CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL);


        CREATE OR REPLACE FUNCTION "p_thing_1".apply_events(after bigint, through bigint) RETURNS void
            LANGUAGE plpgsql SET search_path = "p_thing_1", public
            SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
            SET plan_cache_mode = force_generic_plan AS $projection$
        DECLARE
            e record;
        BEGIN
            FOR e IN
                SELECT seq, stream, substr(stream, strpos(stream, '-') + 1) AS stream_id, version AS stream_version,
                    type, schema_version, recorded_at,
                    CASE WHEN strpos(payload::text, '\u0000') = 0 THEN payload::jsonb
            ELSE regexp_replace(payload::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb END AS payload,
                    CASE WHEN strpos(metadata::text, '\u0000') = 0 THEN metadata::jsonb
            ELSE regexp_replace(metadata::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb END AS metadata
                FROM event_log
                WHERE seq > after AND seq <= through AND type IN ('thing.made', 'thing.renamed')
                ORDER BY seq
            LOOP
        IF e.schema_version <> 1 THEN
            IF e.schema_version > (1) THEN
                RAISE EXCEPTION 'event % (%) has schema version %, which this program does not know', e.seq, e.type,
                    e.schema_version USING ERRCODE = '0A000', HINT = 'run the newer program';
            END IF;
        END IF;
                CASE e.type
                    WHEN 'thing.made' THEN
        INSERT INTO thing (id, name) VALUES (e.stream_id::uuid, e.payload->>'name');

                    WHEN 'thing.renamed' THEN
        UPDATE thing SET name = e.payload->>'name' WHERE id = e.stream_id::uuid;


                END CASE;
            END LOOP;
        END $projection$;
        """#
}

import Postgres

extension ProjectionDefinition {
    /// The script that makes a generation: its schema, its tables, and the function of `functionScript`.
    func script(schema: String) -> String {
        let history = isTimeTravelled ? relations.map { "SELECT keep_history(\($0.name.quotedLiteral));" } : []
        let rows = rowTables.map { "SELECT keep_rows(\($0.name.quotedLiteral), \(isTimeTravelled));" }
        return """
            CREATE SCHEMA \(schema.quotedIdentifier);
            \(searchPath(schema))
            \(tables.map(\.text).joined())
            \((history + rows).joined(separator: "\n"))
            \(functionScript(schema: schema))
            """
    }

    /// The script that makes what only readers need.
    func beforeSwitchScript(schema: String) -> String {
        let history = isTimeTravelled ? relations.map { "SELECT index_history(\($0.name.quotedLiteral));\n" } : []
        return searchPath(schema) + (beforeSwitch.map(\.text) + history).joined()
    }

    func searchPath(_ schema: String) -> String { "SET LOCAL search_path = \(schema.quotedIdentifier), public;\n" }

    /// The script that makes, or makes anew, one function that takes in the events of a range of seqs.
    ///
    /// Within a range, the events of one stream follow one another, so that its row is at hand until it is stored, with
    /// those of the others. Events whose order matters to others make parts of the range (`Turn`), which are taken in in
    /// the order of the log. So the outcome is that of all events one after the other. Events of the streams `skipped`
    /// are left out. Rows that change are kept with the event's seq, or with `stamp` where it is given.
    ///
    /// Events are sorted by one number, of a part and a hash of the stream, in the first column: what is compared first
    /// costs most, and what stands behind texts is slow to reach. The function's settings are there because plans are
    /// made while the tables are empty and kept; weir.seq is that of an event whose statements are executed.
    func functionScript(schema: String) -> String {
        let branches = handlers.map { handler in
            "            WHEN \(handler.type.quotedLiteral) THEN\n\(handler.statements)"
        }
        let hasClock = isTimeTravelled && handlers.contains { $0.row == nil }
        let clock = hasClock ? "PERFORM set_config('weir.seq', '', true);\n" : ""
        let nextPart = """
            IF e.part IS DISTINCT FROM part_at_hand THEN
            \(clock)\(store(schema: schema))
                part_at_hand := e.part;
                \(hasClock ? "IF e.place IS NULL THEN PERFORM set_config('weir.seq', now_seq::text, true); END IF;" : "")
            END IF;
            """
        return """
            CREATE OR REPLACE FUNCTION \(schema.quotedIdentifier).apply_events(
                after bigint, through bigint, skipped text[], stamp bigint) RETURNS void
                LANGUAGE plpgsql SET search_path = \(schema.quotedIdentifier), public
                SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
                SET plan_cache_mode = force_generic_plan SET work_mem = '64MB' AS $projection$
            #variable_conflict use_column
            DECLARE
                e record;
                now_seq bigint;
                at_hand integer;
                stream_at_hand text;
                part_at_hand bigint;
                cuts bigint[] := '{}';
            \(rowVariables(schema: schema))BEGIN
            \(findCuts)
                FOR e IN
                    WITH taken AS (
                        SELECT seq, stream, substr(stream, strpos(stream, '-') + 1) AS stream_id,
                            version AS stream_version, type, schema_version, recorded_at,
                            \(placeOfRow) AS place, \(turnOfType) AS turn,
                            \(readable("payload")) AS payload,
                            \(readable("metadata")) AS metadata
                        FROM event_log
                        WHERE seq > after AND seq <= through AND type IN (\(Self.list(handlers.map(\.type))))
                            AND (skipped IS NULL OR stream <> ALL (skipped)))
                    SELECT (part << 40) + (hashtextextended(stream, 0) & ((1::bigint << 40) - 1)) AS bucket, *
                    FROM (SELECT *, width_bucket(seq, cuts)::bigint AS part FROM taken) AS parted
                    ORDER BY bucket, stream COLLATE "C", seq
                LOOP
                    \(isTimeTravelled ? "now_seq := coalesce(stamp, e.seq);" : "")
                    IF e.stream = stream_at_hand AND e.part = part_at_hand THEN
                        NULL;
                    ELSE
            \(putAway)
            \(nextPart)
            \(takeToHand(schema: schema))
                    END IF;
            \(keepPast(schema: schema))
            \(UpcastSQL.statements(for: handlers.map(\.type)))
                    CASE e.type
            \(branches.joined())        END CASE;
                END LOOP;
            \(putAway)
            \(clock)\(store(schema: schema))
            END $projection$;
            """
    }

    /// A JSON column of the log for reading, for the events whose statements read it: taking JSON apart is a large part
    /// of an event's cost.
    ///
    /// What the log keeps byte for byte may hold U+0000, which no text in Postgres can: readers see U+FFFD in its
    /// place. An escaped backslash before `u0000` is none.
    private func readable(_ column: String) -> String {
        // Whoever names the whole event may mean any of it.
        let readers = handlers.filter { handler in
            handler.statements.contains(column) || handler.statements.contains(/\be\b(?!\s*\.)/)
        }
        if readers.isEmpty { return "NULL::jsonb" }
        return #"""
            CASE WHEN type NOT IN (\#(Self.list(readers.map(\.type)))) THEN NULL
                WHEN strpos(\#(column)::text, '\u0000') = 0 THEN \#(column)::jsonb
                ELSE regexp_replace(\#(column)::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb END
            """#
    }

}

extension String {
    /// As a text literal in SQL.
    var quotedLiteral: String { quoted(by: "'") }
}

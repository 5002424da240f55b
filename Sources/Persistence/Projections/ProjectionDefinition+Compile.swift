import Postgres

extension ProjectionDefinition {
    /// The script that makes a generation: its schema, its tables, and the function of `functionScript`.
    func script(schema: String) -> String {
        let history = isTimeTravelled ? relations.map { "SELECT keep_history(\($0.name.quotedLiteral));" } : []
        return """
            CREATE SCHEMA \(schema.quotedIdentifier);
            \(searchPath(schema))
            \(tables.map(\.text).joined())
            \(history.joined(separator: "\n"))
            \(functionScript(schema: schema))
            """
    }

    /// The script that makes what only readers need.
    func beforeSwitchScript(schema: String) -> String {
        let history = isTimeTravelled ? relations.map { "SELECT index_history(\($0.name.quotedLiteral));\n" } : []
        return searchPath(schema) + (beforeSwitch.map(\.text) + history).joined()
    }

    func searchPath(_ schema: String) -> String { "SET LOCAL search_path = \(schema.quotedIdentifier), public;\n" }

    /// The script that makes, or makes anew, one function that walks the events of a range of seqs in order and does
    /// for each what the file says.
    ///
    /// Events of the streams `skipped` are left out. Rows that change are kept with the event's seq, or with `stamp`
    /// where it is given. The function's settings are there because plans are made while the tables are empty and kept.
    func functionScript(schema: String) -> String {
        let branches = handlers.map { handler in
            "            WHEN \(handler.type.quotedLiteral) THEN\n\(handler.statements)"
        }
        let clock = isTimeTravelled ? "PERFORM set_config('weir.seq', coalesce(stamp, e.seq)::text, true);" : ""
        return """
            CREATE OR REPLACE FUNCTION \(schema.quotedIdentifier).apply_events(
                after bigint, through bigint, skipped text[], stamp bigint) RETURNS void
                LANGUAGE plpgsql SET search_path = \(schema.quotedIdentifier), public
                SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
                SET plan_cache_mode = force_generic_plan AS $projection$
            DECLARE
                e record;
            BEGIN
                FOR e IN
                    SELECT seq, stream, substr(stream, strpos(stream, '-') + 1) AS stream_id, version AS stream_version,
                        type, schema_version, recorded_at,
                        \(readable("payload")) AS payload,
                        \(readable("metadata")) AS metadata
                    FROM event_log
                    WHERE seq > after AND seq <= through AND type IN (\(Self.list(handlers.map(\.type))))
                    ORDER BY seq
                LOOP
                    CONTINUE WHEN e.stream = ANY (skipped);
                    \(clock)
            \(UpcastSQL.statements(for: handlers.map(\.type)))
                    CASE e.type
            \(branches.joined())        END CASE;
                END LOOP;
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

    private static func list(_ types: [String]) -> String { types.map(\.quotedLiteral).joined(separator: ", ") }
}

extension String {
    /// As a text literal in SQL.
    var quotedLiteral: String {
        "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}

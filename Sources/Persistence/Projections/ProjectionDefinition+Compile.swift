import Postgres

extension ProjectionDefinition {
    /// The script that makes a generation: its schema, its tables, and the function of `functionScript`.
    func script(schema: String) -> String {
        """
        CREATE SCHEMA \(schema.quotedIdentifier);
        SET LOCAL search_path = \(schema.quotedIdentifier), public;
        \(tables)
        \(functionScript(schema: schema))
        """
    }

    /// The script that makes, or makes anew, one function that walks the events of a range of seqs in order and does
    /// for each what the file says.
    ///
    /// The function's settings are there because plans are made while the tables are empty and kept.
    func functionScript(schema: String) -> String {
        let branches = handlers.map { handler in
            "            WHEN \(handler.type.quotedLiteral) THEN\n\(handler.statements)"
        }
        let types = handlers.map(\.type.quotedLiteral).joined(separator: ", ")
        return """
            CREATE OR REPLACE FUNCTION \(schema.quotedIdentifier).apply_events(after bigint, through bigint) RETURNS void
                LANGUAGE plpgsql SET search_path = \(schema.quotedIdentifier), public
                SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
                SET plan_cache_mode = force_generic_plan AS $projection$
            DECLARE
                e record;
            BEGIN
                FOR e IN
                    SELECT seq, stream, substr(stream, strpos(stream, '-') + 1) AS stream_id, version AS stream_version,
                        type, schema_version, recorded_at,
                        \(Self.readable("payload")) AS payload,
                        \(Self.readable("metadata")) AS metadata
                    FROM event_log
                    WHERE seq > after AND seq <= through AND type IN (\(types))
                    ORDER BY seq
                LOOP
            \(UpcastSQL.statements(for: handlers.map(\.type)))
                    CASE e.type
            \(branches.joined())        END CASE;
                END LOOP;
            END $projection$;
            """
    }

    /// A JSON column of the log for reading. What the log keeps byte for byte may hold U+0000, which no text in
    /// Postgres can: readers see U+FFFD in its place. An escaped backslash before `u0000` is none.
    private static func readable(_ column: String) -> String {
        #"""
        CASE WHEN strpos(\#(column)::text, '\u0000') = 0 THEN \#(column)::jsonb
            ELSE regexp_replace(\#(column)::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb END
        """#
    }

    /// The script that lets readers see a generation: one view for each of its tables.
    func viewScript(schema: String, formerRelations: [String]) -> String {
        let drops = formerRelations.map { "DROP VIEW IF EXISTS projections.\($0.quotedIdentifier);" }
        let views = relations.map {
            """
            CREATE VIEW projections.\($0.quotedIdentifier) AS \
            SELECT * FROM \(schema.quotedIdentifier).\($0.quotedIdentifier);
            """
        }
        return (drops + views).joined(separator: "\n")
    }
}

extension String {
    /// As a text literal in SQL.
    var quotedLiteral: String {
        "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}

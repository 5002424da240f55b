import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// The schema that the migrations lead to, as one text under review.
@Suite struct SchemaTests {
    /// Everything that is made in the schema `public` and who may do what with it, one line each.
    private static let structure = """
        SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") AS text FROM (
            SELECT format('column %s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) AS line
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'c')
            UNION ALL
            SELECT format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
            UNION ALL
            SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL
            SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL
            SELECT format('function %s%s', oid::regprocedure, CASE WHEN prosecdef THEN ' as its owner' ELSE '' END)
            FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL
            SELECT format('right %s %s to %s', p.privilege_type, c.relname, p.grantee::regrole)
            FROM pg_class AS c, aclexplode(c.relacl) AS p
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND p.grantee <> c.relowner
            UNION ALL
            SELECT format('right EXECUTE %s to %s', p.oid::regprocedure,
                CASE g.grantee WHEN 0 THEN 'everyone' ELSE g.grantee::regrole::text END)
            FROM pg_proc AS p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
            WHERE p.pronamespace = 'public'::regnamespace AND g.grantee <> p.proowner
        ) AS lines
        """

    @Test func `the migrations lead to the schema that was reviewed`() async throws {
        try await ProjectedLog.run { log async throws in
            let connection = try await PostgresConnection.connect(log.administrator)
            defer { connection.close() }
            let text: String = try await connection.query(Self.structure).first?.decode("text") ?? ""
            try GoldenFolder().expect(text + "\n", named: "schema.txt")
        }
    }
}

import ControlPlane
import FoundationEssentials
import Postgres

extension ProjectionDefinition {
    /// Makes the tables in a scratch schema and has Postgres analyse every statement, so that a column that does not
    /// exist or a value of the wrong type is found now, not when its event comes. Nothing is left behind.
    ///
    /// - Parameter connection: In a transaction that the caller rolls back.
    /// - Throws: `ProjectionFileError`, with the line.
    func check(on connection: PostgresConnection) async throws {
        let schema = "check_\(UUID())"
        try await connection.execute(script: "CREATE SCHEMA \(schema.quotedIdentifier);" + searchPath(schema))
        for statement in tables { try await check(statement.text, line: statement.line, on: connection) }
        try await connection.execute(
            script: """
                CREATE TYPE projected_event AS (seq bigint, stream text, stream_id text, stream_version integer, type text,
                    schema_version integer, recorded_at timestamptz, payload jsonb, metadata jsonb);
                """)
        for handler in handlers {
            // A function in SQL is analysed when it is made; its parameter stands for the event.
            let text = handler.row == nil ? handler.statements : Self.analysable(handler.statements)
            let head = "CREATE FUNCTION \("check \(handler.type)".quotedIdentifier)(e projected_event) RETURNS void"
            try await check(
                "\(head) LANGUAGE sql AS $check$\n\(text)$check$", line: handler.line, on: connection)
        }
        for statement in beforeSwitch { try await check(statement.text, line: statement.line, on: connection) }
        try await checkRelations(schema, on: connection)
        for relation in relations where isTimeTravelled {
            try await connection.query("SELECT keep_history($1)", .init(relation.name))
        }
    }

    private static let eventFields = [
        "seq", "stream", "stream_id", "stream_version", "type", "schema_version", "recorded_at", "payload", "metadata",
    ]

    /// - Parameter line: The line on which the text begins.
    private func check(_ text: String, line: Int, on connection: PostgresConnection) async throws {
        do {
            _ = try await connection.textQuery(text)
        } catch PostgresError.server(let error) {
            let before = text.unicodeScalars.prefix(max(0, (error.position ?? 1) - 1))
            var message = [error.message, error.detail, error.hint].compactMap(\.self).joined(separator: "; ")
            if error.message == #"missing FROM-clause entry for table "e""# {
                message = "an event has no such field; it has \(Self.eventFields.joined(separator: ", "))"
            }
            throw ProjectionFileError(file: file, line: line + before.count { $0 == "\n" }, message: message)
        }
    }

    /// Every table has a primary key: rows are compared by it, and kept under it.
    private func checkRelations(_ schema: String, on connection: PostgresConnection) async throws {
        let columns = try await connection.query(
            """
            SELECT c.relname::text AS relation, a.attname::text AS column,
                (SELECT indkey::text FROM pg_index WHERE indrelid = c.oid AND indisprimary) AS key,
                a.attnum::text AS number
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind = 'r'
            """, .init(schema)
        ).rows.map { (relation: try $0.decode("relation", as: String.self), row: $0) }
        for relation in relations {
            let mine = columns.filter { $0.relation == relation.name }.map(\.row)
            guard let key: String = try mine.first?.decodeOptional("key") else {
                throw ProjectionFileError(
                    file: file, line: relation.line, message: "the table \(relation.name) needs a PRIMARY KEY")
            }
            let id = try mine.first { try $0.decode("column", as: String.self) == "id" }
            guard try relation.category == nil || id?.decode("number", as: String.self) == key else {
                throw ProjectionFileError(
                    file: file, line: relation.line,
                    message: "a table with a row per stream has the stream's id as its key: id uuid PRIMARY KEY")
            }
        }
        for change in changes {
            guard let column = change.column else { continue }
            let known = try columns.contains { relation, row in
                try relation == change.relation && row.decode("column", as: String.self) == column
            }
            guard known else {
                throw ProjectionFileError(
                    file: file, line: change.line, message: "the table \(change.relation) has no column \(column)")
            }
        }
    }
}

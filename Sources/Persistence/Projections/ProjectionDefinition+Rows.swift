import Postgres

/// Tables in which each stream of a category has one row. Their rows are brought up to date in memory, event by event,
/// and stored once for all events of a step: a statement for each event would cost several times as much.
extension ProjectionDefinition {
    /// The beginning of a line that assigns to a column: white space, table and column.
    static var assignment: Regex<(Substring, Substring, Substring, Substring)> {
        /^(\s*)([a-z_][a-z_0-9]*)\.([a-z_][a-z_0-9]*)\s*:=/
    }

    /// The tables that have a row for each stream of a category; first those of most types, which most events are of.
    var rowTables: [Relation] {
        relations.filter { $0.category != nil }.map { table in (table, handlers.count { $0.row == table.name }) }
            .sorted { $0.1 > $1.1 }.map(\.0)
    }

    /// Beside which others an event may be taken in: only those of the same kind, as far as none is between them.
    enum Turn: Int {
        /// In any order with events of other streams.
        case any = 0
        /// The same, but before or after those that read what it changes.
        case beforeReaders = 1
        /// All that came before is stored, and nothing of what comes after.
        case alone = 2
    }

    func turn(of handler: Handler) -> Turn {
        guard let row = handler.row else { return .alone }
        guard handlers.contains(where: { Self.names(row, in: $0.statements) }) else { return .any }
        return rowTables.contains { Self.names($0.name, in: handler.statements) } ? .alone : .beforeReaders
    }

    /// An expression on an event's type: the number of its turn.
    var turnOfType: String {
        numberOfType([Turn.beforeReaders, .alone].map { turn in (turn.rawValue, { self.turn(of: $0) == turn }) }, "0")
    }

    /// An expression on an event's type: the number whose handlers it is among.
    private func numberOfType(_ numbers: [(Int, (Handler) -> Bool)], _ otherwise: String) -> String {
        let branches = numbers.compactMap { number, has -> String? in
            let types = handlers.filter(has).map(\.type)
            return types.isEmpty ? nil : "WHEN type IN (\(Self.list(types))) THEN \(number)"
        }
        return branches.isEmpty ? otherwise : "CASE \(branches.joined(separator: " ")) ELSE \(otherwise) END"
    }

    /// Whether statements may read a table: they name it, and not with a column behind it as an assigned row is.
    private static func names(_ table: String, in statements: String) -> Bool {
        statements.matches(of: /(?:^|[^'\w])(\w+)\b(?!\s*\.)/).contains { $0.1.lowercased() == table }
    }

    /// An assignment as a statement that Postgres can analyse, line by line as in the file.
    static func analysable(_ statements: String) -> String {
        statements.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.replacing(assignment) { "\($0.1)UPDATE \($0.2) SET \($0.3) =" }
        }.joined(separator: "\n")
    }

    /// Statements that find the seqs at which parts begin: at each event that does not take its turn with the one before
    /// it. Few types have turns in most files, so they are looked for apart.
    var findCuts: String {
        let types = handlers.filter { turn(of: $0) != .any }.map(\.type)
        guard !types.isEmpty else { return "" }
        return """
            WITH turned AS (
                SELECT seq, turn = \(Turn.beforeReaders.rawValue) AND turn = lag(turn) OVER o AND seq = lag(seq) OVER o + 1
                    AS goes_on
                FROM (SELECT seq, \(turnOfType) AS turn FROM event_log
                    WHERE seq > after AND seq <= through AND type IN (\(Self.list(types)))) AS rare
                WINDOW o AS (ORDER BY seq))
            SELECT coalesce(array_agg(cut ORDER BY cut), '{}') INTO cuts
            FROM ((SELECT seq AS cut FROM turned UNION SELECT seq + 1 FROM turned)
                EXCEPT SELECT seq FROM turned WHERE goes_on) AS begun;
            """
    }

    /// The variables of `apply_events`: the row that is at hand in each table, those to be stored, and their past.
    func rowVariables(schema: String) -> String {
        rowTables.map { table in
            let type = "\(schema.quotedIdentifier).\(table.name.quotedIdentifier)"
            let history = Self.history(of: table, in: schema)
            return """
                    \(table.name) \(type);
                    stored_\(table.name) \(type)[] := '{}';
                    past_\(table.name) \(isTimeTravelled ? history : "text")[] := '{}';

                """
        }.joined()
    }

    /// An expression on an event's type: the number of the table whose row it assigns to; NULL when there is none.
    var placeOfRow: String {
        numberOfType(
            rowTables.enumerated().map { index, table in (index + 1, { $0.row == table.name }) }, "NULL::integer")
    }

    /// Statements that put the row at hand away, to be stored with others.
    var putAway: String {
        branches(on: "at_hand") { table, _ in "stored_\(table.name) := stored_\(table.name) || \(table.name);\n" }
            + "at_hand := NULL;\nstream_at_hand := NULL;\n"
    }

    /// Statements for the table with the number that an expression has.
    private func branches(on number: String, _ statements: (Relation, Int) -> String) -> String {
        let tables = rowTables.enumerated().map { index, table in
            "IF \(number) = \(index + 1) THEN\n\(statements(table, index + 1))"
        }
        return tables.isEmpty ? "" : tables.joined(separator: "ELS") + "END IF;\n"
    }

    /// Statements that store what was put away.
    func store(schema: String) -> String {
        rowTables.map { table in
            """
            IF cardinality(stored_\(table.name)) > 0 THEN
                PERFORM \(schema.quotedIdentifier).\("store_\(table.name)".quotedIdentifier)(
                    stored_\(table.name), past_\(table.name));
                stored_\(table.name) := '{}';
                past_\(table.name) := '{}';
            END IF;

            """
        }.joined()
    }

    /// Statements that take an event's row to hand.
    func takeToHand(schema: String) -> String {
        branches(on: "e.place") { table, number in
            """
            \(table.name) := NULL;
            \(table.name).id := e.stream_id;
            IF e.stream_version > 1 THEN
                SELECT t.* INTO \(table.name) FROM \(schema.quotedIdentifier).\(table.name.quotedIdentifier) AS t
                WHERE t.id = \(table.name).id;
                \(table.name).id := e.stream_id;
            END IF;
            at_hand := \(number);
            stream_at_hand := e.stream;

            """
        }
    }

    /// Statements that keep, with time travel, what the row at hand was before the event.
    func keepPast(schema: String) -> String {
        guard isTimeTravelled else { return "" }
        return branches(on: "at_hand") { table, _ in
            let history = Self.history(of: table, in: schema)
            return """
                IF \(table.name)._from < now_seq THEN
                    past_\(table.name) := past_\(table.name) || ROW(\(table.name).id, now_seq, \(table.name))::\(history);
                END IF;
                \(table.name)._from := now_seq;

                """
        }
    }

    /// The type, and the table, of what a table's rows were.
    private static func history(of table: Relation, in schema: String) -> String {
        "\(schema.quotedIdentifier).\("\(table.name)_history".quotedIdentifier)"
    }

    static func list(_ types: [String]) -> String { types.map(\.quotedLiteral).joined(separator: ", ") }
}

import ControlPlane
import Domain

/// A statement as it is sent to Trino.
enum TrinoStatement {
    /// The statement with the attempt's mark behind it, where it moves none of the positions that errors name. A
    /// semicolon at the end, which people write and Trino refuses, is left out.
    static func text(of attempt: EngineAttempt) -> String {
        var statement = attempt.statement[...]
        while let last = statement.last, last == ";" || last.isWhitespace { statement.removeLast() }
        return statement + "\n/* weir attempt=\(attempt.id) */"
    }

    /// Whether running it twice has the same effect as running it once.
    static func isReadOnly(_ statement: String) -> Bool {
        // In Trino what begins with WITH is a query, unlike in Postgres.
        StatementKind.isReadOnly(statement) || ["with", "desc"].contains(StatementKind.firstWord(of: statement))
    }
}

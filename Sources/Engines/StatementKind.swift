/// What can be told of a statement from its first word.
enum StatementKind {
    /// Whether running the statement twice has the same effect as running it once, because it only reads.
    static func isReadOnly(_ statement: String) -> Bool {
        ["select", "show", "describe", "values", "table"].contains(firstWord(of: statement))
    }

    /// The first word in lower case, after spaces, comments and opening parentheses.
    static func firstWord(of statement: String) -> String {
        var rest = statement[...]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "(" }
            if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*"), let end = rest.firstRange(of: "*/") {
                rest = rest[end.upperBound...]
            } else {
                return rest.prefix { $0.isLetter }.lowercased()
            }
        }
    }
}

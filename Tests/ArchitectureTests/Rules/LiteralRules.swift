/// What may not stand in texts.
enum LiteralRules {
    /// Who may hold SQL: the modules whose business it is.
    private static let speakSQL: Set<String> = ["Persistence", "Postgres", "Engines", "Benchmarks", "TestSupport"]

    static func sql(in tree: SourceTree) -> [Violation] {
        tree.sources.filter { !speakSQL.contains($0.module) }.flatMap { file in
            file.swift.literals.filter { isSQL($0.text) }.map {
                Violation(file, $0.line, "SQL stays in Persistence: ask a port of ControlPlane for what is needed")
            }
        }
    }

    private static func isSQL(_ text: String) -> Bool {
        guard
            ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "TRUNCATE"].contains(
                where: text.contains)
        else { return false }
        return text.contains(
            /\b(?:SELECT .*\bFROM|INSERT INTO|UPDATE \S+ SET|DELETE FROM|(?:CREATE|ALTER|DROP|TRUNCATE) (?:TABLE|SCHEMA|ROLE|DATABASE|INDEX|FUNCTION))\b/
        )
    }

    /// Paths of the machine that something was written on.
    static func machinePaths(in tree: SourceTree) -> [Violation] {
        let roots = ["work", "root", "home", "Users", "farm", "opt/swift"]
        return tree.files.filter { file in roots.contains { file.text.contains("/\($0)/") } }.flatMap { file in
            file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
                guard let match = line.firstMatch(of: /(?:^|[^\w.])\/(?:work|root|home|Users|farm|opt\/swift)\/[\w.]/)
                else {
                    return nil
                }
                return Violation(file, index + 1, "“\(match.output)…” is a path of one machine; make it relative")
            }
        }
    }
}

import Testing

/// What may not be written, and where.
struct TokenRule: Sendable, CustomTestStringConvertible {
    let name: String
    /// One of them is in every match.
    let words: [String]
    /// Found in code, not in comments or literals.
    let pattern: @Sendable () -> Regex<Substring>
    let remedy: String
    /// Whether the rule holds for a file.
    let applies: @Sendable (SourceFile) -> Bool

    var testDescription: String { name }

    func violations(in tree: SourceTree) -> [Violation] {
        tree.swiftFiles.filter(applies).flatMap { file in
            file.lines(with: words, matching: pattern()).map { Violation(file, $0.line, "“\($0.match)”: \(remedy)") }
        }
    }

    static let all = [
        TokenRule(
            name: "Domain is pure",
            words: ["async", "await", "Date", "UUID", "Random", "random", "print", "Clock", "Task", "Mutex"],
            pattern: {
                /\basync\b|\bawait\b|\bDate\(\)|\bDate\.now\b|\bUUID\(\)|\bSystemRandomNumberGenerator\b|\.random\(|\bprint\(|\bContinuousClock\b|\bTask\b|\bMutex\b/
            },
            remedy: "a decider reads no clock, no source of ids and no network; let the caller pass the value in",
            applies: { $0.path.hasPrefix("Sources/Domain/") }),
        TokenRule(
            name: "Unsafe code stays in the platform modules",
            words: ["Unsafe", "OpaquePointer", "Unmanaged", "@unchecked", "nonisolated("],
            pattern: {
                /\bUnsafe\w*Pointer\b|\bOpaquePointer\b|\bUnmanaged\b|\bwithUnsafe\w+|@unchecked +Sendable|nonisolated\(unsafe\)/
            },
            remedy: "only platform modules hold unsafe code; use an array, a Span or a Mutex, or wrap it there",
            applies: { $0.isSource && ModuleTable.platform[$0.module] == nil }),
        TokenRule(
            name: "No task is detached",
            words: ["detached"],
            pattern: { /\bTask\.detached\b/ },
            remedy: "a detached task has no owner: use a task group, or run() of whoever owns the work",
            applies: { _ in true }),
        TokenRule(
            name: "Standard output belongs to the console",
            words: ["print(", "Print(", "dump("],
            pattern: { /(?:^|[^.\w])print\(|\bdebugPrint\(|\bdump\(/ },
            remedy: "write to Terminal's Console, or to the Log",
            applies: { $0.isSource && !ModuleTable.buildTools.contains($0.module) }),
        TokenRule(
            name: "Types have a role",
            words: ["Manager", "Helper", "Util"],
            pattern: { /\b(?:struct|class|enum|actor|protocol) +\w*(?:Manager|Helpers?|Utils?|Utilities)\b/ },
            remedy: "name it by its role, in the field's own terms",
            applies: { _ in true }),
    ]
}

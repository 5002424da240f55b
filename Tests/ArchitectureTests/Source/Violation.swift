import Testing

/// Where a rule is broken, and what to do.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let message: String

    init(_ file: SourceFile, _ line: Int, _ message: String) {
        path = file.path
        self.line = line
        self.message = message
    }

    var description: String { "\(path):\(line): \(message)" }
}

/// Records each violation as a failure of the current test.
func expectNone(_ violations: [Violation], sourceLocation: SourceLocation = #_sourceLocation) {
    for violation in violations { Issue.record("\(violation)", sourceLocation: sourceLocation) }
}

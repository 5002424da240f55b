/// The command line does not fit the declarations.
package struct UsageError: Error, CustomStringConvertible {
    /// The status that a program ends with then (EX_USAGE of sysexits.h).
    package static let exitCode: Int32 = 64

    /// What is wrong, in one line, with a hint where there is one.
    package let description: String
    /// The command whose help tells more, such as `weir job create`; nil when none would.
    let command: String?

    /// What only an action can see is wrong with its arguments.
    package init(_ description: String) {
        self.init(description: description, command: nil)
    }

    init(description: String, command: String?) {
        self.description = description
        self.command = command
    }
}

extension UsageError {
    /// - Parameter candidates: What may have been meant.
    static func unknown(_ kind: String, _ word: String, at path: CommandPath, candidates: [String]) -> UsageError {
        let hint = nearest(to: word, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
        return UsageError(description: "there is no \(kind) '\(word.printable)'\(hint)", command: path.text)
    }
}

/// The candidate that differs from `word` least, if that is little enough for a slip.
func nearest(to word: String, in candidates: [String]) -> String? {
    let close = candidates.map { ($0, editDistance(word, $0)) }.filter { $0.1 <= max(1, min(3, word.count / 3)) }
    return close.min { $0.1 < $1.1 }?.0
}

/// How many letters must be put in, left out, changed or swapped with their neighbour to make one word the other.
func editDistance(_ one: String, _ other: String) -> Int {
    let (left, right) = (Array(one.prefix(64)), Array(other.prefix(64)))
    var rows = [Array(0...right.count)]
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            var cost = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                cost = min(cost, rows[i - 1][j - 1] + 1)
            }
            row.append(cost)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}

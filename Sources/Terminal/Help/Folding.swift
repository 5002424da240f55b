extension String {
    /// Breaks lines at spaces so that none is wider than `width`, where its words allow that.
    ///
    /// - Parameter indent: How far to the right the further lines of a folded line begin.
    func folded(to width: Int, indent: Int = 0) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var lines: [String] = []
            var current = String(line.prefix { $0 == " " })
            var isEmpty = true
            for (gap, word) in line.dropFirst(current.count).wordsWithGaps {
                if !isEmpty, current.displayWidth + gap.count + word.displayWidth > width {
                    lines.append(current)
                    current = String(repeating: " ", count: indent) + word
                } else {
                    current += gap + word
                }
                isEmpty = false
            }
            return (lines + [current]).joined(separator: "\n")
        }
        .joined(separator: "\n")
    }
}

extension Substring {
    /// The words, each with the spaces before it, which may align columns.
    fileprivate var wordsWithGaps: [(gap: String, word: String)] {
        var parts: [(gap: String, word: String)] = []
        var rest = self
        while !rest.isEmpty {
            let gap = rest.prefix { $0 == " " }
            rest = rest.dropFirst(gap.count)
            let word = rest.prefix { $0 != " " }
            rest = rest.dropFirst(word.count)
            if !word.isEmpty { parts.append((String(gap), String(word))) }
        }
        return parts
    }
}

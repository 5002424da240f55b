extension SwiftText {
    /// A function or initialiser with a body; lines are counted from 1.
    struct Function {
        let name: String
        let firstLine: Int
        let lastLine: Int

        var lineCount: Int { lastLine - firstLine + 1 }
    }

    /// All functions and initialisers with their bodies, found by counting brackets.
    var functions: [Function] {
        codeLines.indices.filter { codeLines[$0].contains("func ") || codeLines[$0].contains("init") }.flatMap {
            index in
            codeLines[index].matches(of: /(?:^|[^.\w])(func +[^ (<]+|init|deinit)(?=[ ?(<{])/).compactMap { match in
                let start = codeLines[index].distance(from: codeLines[index].startIndex, to: match.range.upperBound)
                return lastLine(ofBodyAfter: index, column: start).map {
                    Function(name: String(match.output.1), firstLine: index + 1, lastLine: $0)
                }
            }
        }
    }

    /// The line on which the body ends that begins next; nil when there is none, as in a protocol.
    private func lastLine(ofBodyAfter index: Int, column: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for line in index..<codeLines.count {
            let code = line == index ? codeLines[line].dropFirst(column) : codeLines[line][...]
            if braces == 0, parentheses == 0, line > index,
                code.contains(/^ *(@|func|init|var|let|case|package|private)\b/)
            {
                return nil
            }
            for byte in code.utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += braces == 0 ? 1 : 0
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= braces == 0 ? 1 : 0
                case UInt8(ascii: "{") where parentheses == 0: braces += 1
                case UInt8(ascii: "}") where parentheses == 0:
                    braces -= 1
                    if braces == 0 { return line + 1 }
                    if braces < 0 { return nil }
                default: break
                }
            }
        }
        return nil
    }
}

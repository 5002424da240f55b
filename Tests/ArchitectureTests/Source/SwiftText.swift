/// A Swift text parted into code and string literals, line by line, so that rules about the one are not fooled by the
/// other or by comments.
struct SwiftText: Sendable {
    /// The text with comments and the contents of string literals blanked; every line is where it was.
    let code: String
    let codeLines: [String]
    /// Each string literal with the line it begins on, from 1, without what is interpolated.
    let literals: [(line: Int, text: String)]

    init(_ text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        scanner.scanCode(untilParenthesis: false)
        code = String(decoding: scanner.code, as: UTF8.self)
        codeLines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        literals = scanner.literals
    }
}

private struct Scanner {
    let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private(set) var code: [UInt8] = []
    private(set) var literals: [(line: Int, text: String)] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether `text` stands here, or `offset` bytes further on.
    private func sees(_ text: StaticString, at offset: Int = 0) -> Bool {
        let start = place + offset
        guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.description.utf8.elementsEqual(bytes[start..<(start + text.utf8CodeUnitCount)])
    }

    private mutating func keep() {
        if bytes[place] == UInt8(ascii: "\n") { line += 1 }
        code.append(bytes[place])
        place += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where place < bytes.count {
            if bytes[place] == UInt8(ascii: "\n") { line += 1 }
            code.append(bytes[place] == UInt8(ascii: "\n") ? UInt8(ascii: "\n") : UInt8(ascii: " "))
            place += 1
        }
    }

    mutating func scanCode(untilParenthesis: Bool) {
        var depth = 1
        while place < bytes.count {
            if sees("//") {
                while place < bytes.count, !sees("\n") { blank() }
            } else if sees("/*") {
                scanBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                scanLiteral(hashes: hashes)
            } else {
                if sees("(") { depth += 1 }
                if sees(")") { depth -= 1 }
                keep()
                if untilParenthesis, depth == 0 { return }
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && place < bytes.count
    }

    /// The number of `#` before a quotation mark, when a literal begins here.
    private func hashesBeforeQuote() -> Int? {
        var hashes = 0
        while sees("#", at: hashes) { hashes += 1 }
        return sees("\"", at: hashes) ? hashes : nil
    }

    private mutating func scanLiteral(hashes: Int) {
        let start = line
        blank(hashes)
        let quotes = sees("\"\"\"") ? 3 : 1
        blank(quotes)
        var text: [UInt8] = []
        while place < bytes.count {
            if sees("\\"), followed(by: hashes, at: 1) {
                if sees("(", at: 1 + hashes) {
                    blank(2 + hashes)
                    scanCode(untilParenthesis: true)
                } else {
                    text += bytes[place..<min(bytes.count, place + 2 + hashes)]
                    blank(2 + hashes)
                }
            } else if quotes == 3 ? sees("\"\"\"") : sees("\""), followed(by: hashes, at: quotes) {
                blank(quotes + hashes)
                break
            } else {
                text.append(bytes[place])
                blank()
            }
        }
        literals.append((start, String(decoding: text, as: UTF8.self)))
    }

    private func followed(by hashes: Int, at offset: Int) -> Bool {
        (0..<hashes).allSatisfy { sees("#", at: offset + $0) }
    }
}

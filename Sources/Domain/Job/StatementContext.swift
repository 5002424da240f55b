/// Where a place in a statement is: in the statement itself, or within quotes or a comment.
///
/// A literal is safe in the statement itself only. Within quotes or a comment its own quotes, or a line feed in it,
/// would end them, and the rest of the value would be run. The rules are Postgres's (manual, 4.1), which hold Trino's.
struct StatementContext {
    private typealias Scalars = Substring.UnicodeScalarView

    enum Region: Hashable {
        case statement
        case lineComment
        case blockComment(depth: Int)
        case quotes(Unicode.Scalar, hasEscapes: Bool)
        case dollarQuotes(tag: String)
    }

    private(set) var region = Region.statement
    /// The scalar directly before, and the one before that.
    private var last: Unicode.Scalar?
    private var secondLast: Unicode.Scalar?

    /// Whether what is put here would run into the word or quotes before it.
    var isJoinedToBefore: Bool { last.map { Self.joins($0) || $0 == "&" } ?? false }

    /// Whether what is put before this text would run into it.
    static func isJoined(to following: Substring) -> Bool { following.unicodeScalars.first.map(joins) ?? false }

    private static func joins(_ scalar: Unicode.Scalar) -> Bool {
        isWord(scalar) || scalar == "'" || scalar == "\"" || scalar == "\\"
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || !scalar.isASCII || scalar.properties.isAlphabetic
            || scalar.properties.numericType != nil
    }

    /// Goes past a literal.
    mutating func passLiteral() {
        (secondLast, last) = (nil, "'")
    }

    /// Goes past a text.
    mutating func pass(_ text: Substring) {
        var rest = text.unicodeScalars
        while let scalar = rest.popFirst() {
            let before = (secondLast, last)
            (secondLast, last) = (last, scalar)
            switch region {
            case .statement: region = Self.region(from: scalar, before, &rest)
            case .lineComment: if scalar == "\n" || scalar == "\r" { region = .statement }
            case .blockComment(let depth):
                if scalar == "*", rest.first == "/" {
                    rest.removeFirst()
                    region = depth == 1 ? .statement : .blockComment(depth: depth - 1)
                } else if scalar == "/", rest.first == "*" {
                    rest.removeFirst()
                    region = .blockComment(depth: depth + 1)
                }
            case .quotes(let quote, let hasEscapes):
                if hasEscapes, scalar == "\\" || (scalar == quote && rest.first == quote) {
                    _ = rest.popFirst()
                } else if scalar == quote {
                    region = .statement
                }
            case .dollarQuotes(let tag):
                if scalar == "$", rest.starts(with: tag.unicodeScalars) {
                    rest.removeFirst(tag.unicodeScalars.count)
                    (secondLast, last) = (nil, "'")
                    region = .statement
                }
            }
        }
    }

    /// The region that a scalar of the statement itself begins.
    private static func region(
        from scalar: Unicode.Scalar, _ before: (Unicode.Scalar?, Unicode.Scalar?), _ rest: inout Scalars
    ) -> Region {
        switch scalar {
        case "-" where rest.first == "-": return .lineComment
        case "/" where rest.first == "*":
            rest.removeFirst()
            return .blockComment(depth: 1)
        case "'":
            let isMarked = before.1 == "E" || before.1 == "e"
            return .quotes("'", hasEscapes: isMarked && !(before.0.map(isWord) ?? false))
        case "\"": return .quotes("\"", hasEscapes: false)
        case "$" where !(before.1.map(isWord) ?? false):
            let tag = rest.prefix { $0 != "$" && isWord($0) }
            let isTag = rest.dropFirst(tag.count).first == "$" && !(tag.first.map { ("0"..."9").contains($0) } ?? false)
            guard isTag else { return .statement }
            rest.removeFirst(tag.count + 1)
            return .dollarQuotes(tag: "\(Substring(tag))$")
        default: return .statement
        }
    }
}

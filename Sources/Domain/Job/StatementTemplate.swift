/// A statement with `{{…}}` in it: substitution only, no expressions. An unknown key is an error.
package enum StatementTemplate {
    private enum Piece {
        case text(Substring)
        case placeholder(String)
    }

    /// - Throws: When a placeholder is not closed, names nothing that is declared, or stands where its literal would not
    ///   stay one.
    static func check(_ sql: String, _ parameters: [JobParameter]) throws(DomainRejection) {
        let names = Set(parameters.map(\.name))
        var context = StatementContext()
        let pieces = try pieces(of: sql)
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .text(let text): context.pass(text)
            case .placeholder(let key):
                guard key == runKey || names.contains(where: { key == parameterPrefix + $0 }) else {
                    throw rejection(
                        key, "placeholder-unknown",
                        "names no declared parameter; declare it in parameters, or use {{job.run_id}}")
                }
                var following = ""[...]
                if case .text(let text)? = pieces.dropFirst(index + 1).first { following = text }
                try check(key, context, following)
                context.passLiteral()
            }
        }
    }

    /// - Throws: When a literal is not safe in this place. The run's id holds neither quotes nor line feeds, and so does
    ///   no harm in a comment.
    private static func check(
        _ key: String, _ context: StatementContext, _ following: Substring
    ) throws(DomainRejection) {
        switch context.region {
        case .statement:
            guard context.isJoinedToBefore || StatementContext.isJoined(to: following) else { return }
            throw rejection(
                key, "placeholder-joined", "touches a word or quotes; put a space or an operator between them")
        case .lineComment, .blockComment:
            if key == runKey { return }
            throw rejection(key, "placeholder-quoted", "is within a comment, which its value could end; take it out")
        case .quotes, .dollarQuotes:
            throw rejection(
                key, "placeholder-quoted",
                "is within quotes, which its value could end; take the quotes away, since the literal has its own")
        }
    }

    private static func rejection(_ key: String, _ code: String, _ problem: String) -> DomainRejection {
        DomainRejection(.invalid, code: code, field: "/sql", "{{\(key.prefix(80))}} \(problem)")
    }

    /// The statement with every placeholder replaced by a literal.
    package static func resolve(
        _ definition: JobDefinition, arguments: [String: String], run: RunID
    ) throws(DomainRejection) -> String {
        let declared = Set(definition.parameters.map(\.name))
        if let unknown = arguments.keys.sorted().first(where: { !declared.contains($0) }) {
            throw DomainRejection(
                .invalid, code: "parameter-unknown", field: "/parameters/\(unknown)",
                "the job declares no parameter \(unknown)"
                    + (declared.isEmpty ? "" : "; it has \(declared.sorted().joined(separator: ", "))"))
        }
        var literals = [runKey: "'\(run)'"]
        for parameter in definition.parameters {
            let field = "/parameters/\(parameter.name)"
            guard let value = arguments[parameter.name] ?? parameter.defaultValue else {
                throw DomainRejection(
                    .invalid, code: "parameter-missing", field: field,
                    "the parameter \(parameter.name) has no default; give it a value")
            }
            literals[parameterPrefix + parameter.name] = try parameter.literal(of: value, field: field)
        }
        var statement = ""
        for piece in try pieces(of: definition.sql) {
            switch piece {
            case .text(let text): statement += text
            case .placeholder(let key): statement += literals[key] ?? ""
            }
        }
        return statement
    }

    private static let runKey = "job.run_id"
    private static let parameterPrefix = "job.parameters."

    /// Where a character of ASCII stands twice first. Byte by byte, since statements are long and are looked through for
    /// every run.
    private static func firstPair(of character: Unicode.Scalar, in text: Substring) -> Range<String.Index>? {
        let byte = UInt8(ascii: character)
        var rest = text.utf8
        while let first = rest.firstIndex(of: byte) {
            rest = rest[rest.index(after: first)...]
            if rest.first == byte { return first..<rest.index(after: rest.startIndex) }
        }
        return nil
    }

    private static func pieces(of sql: String) throws(DomainRejection) -> [Piece] {
        var pieces: [Piece] = []
        var rest = sql[...]
        while let open = firstPair(of: "{", in: rest) {
            pieces.append(.text(rest[..<open.lowerBound]))
            guard let close = firstPair(of: "}", in: rest[open.upperBound...]) else {
                throw DomainRejection(
                    .invalid, code: "placeholder-open", field: "/sql", "a {{ in sql is not closed by }}")
            }
            let key = rest[open.upperBound..<close.lowerBound]
            pieces.append(.placeholder(key.split(whereSeparator: \.isWhitespace).joined()))
            rest = rest[close.upperBound...]
        }
        pieces.append(.text(rest))
        return pieces
    }
}

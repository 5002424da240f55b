import Terminal

/// Lists come in pages.
enum Paging {
    static let cursor = Option("cursor", .text, placeholder: "CURSOR", summary: "where the page before ended")
    static let limit = Option("limit", .integer(in: 1...200), placeholder: "COUNT", summary: "how many at most")
    static let options: [any ParameterDeclaration] = [cursor, limit, AsOfOption.asOf]

    static func query(_ arguments: Arguments) -> [(String, String?)] {
        [
            ("limit", arguments[limit].map(String.init)), ("cursor", arguments[cursor]),
            ("as_of", arguments[AsOfOption.asOf]),
        ]
    }
}

/// `--as-of`: for what is shown of the past.
enum AsOfOption {
    static let asOf = Option(
        "as-of", .text, placeholder: "SEQ|TIME",
        summary: "how it was at a seq, or at a time in UTC such as 2026-03-03T10:00:00Z")
}

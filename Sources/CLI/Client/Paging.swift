import Terminal

/// Lists come in pages.
enum Paging {
    static let cursor = Option("cursor", .text, placeholder: "CURSOR", summary: "where the page before ended")
    static let limit = Option("limit", .integer(in: 1...200), placeholder: "COUNT", summary: "how many at most")
    static let options: [any ParameterDeclaration] = [cursor, limit]

    static func query(_ arguments: Arguments) -> [(String, String?)] {
        [("limit", arguments[limit].map(String.init)), ("cursor", arguments[cursor])]
    }
}

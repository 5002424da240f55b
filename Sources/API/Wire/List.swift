/// A page of a list.
package struct List<Item: Codable & Sendable>: Codable, Sendable {
    package let items: [Item]
    /// Sent back as `cursor` for the next page; absent at the end.
    package let nextCursor: String?

    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }

    enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }
}

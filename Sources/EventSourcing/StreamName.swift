/// The name of one stream of events: a category and the id of the thing whose history it is, as in `run-0192…`.
package struct StreamName: Hashable, Sendable, CustomStringConvertible {
    /// What kind of stream it is: `workspace`, `run`, … Lower-case letters only, so that the first `-` ends it.
    package let category: String
    /// Which one: for most categories a UUIDv7 in lower case.
    package let id: String

    /// The longest text of a stream name, in UTF-8 bytes; the log refuses longer ones.
    package static let maximumLength = 200

    package init(category: String, id: String) {
        precondition(!category.isEmpty && !category.contains("-") && !id.isEmpty, "not a stream name")
        self.category = category
        self.id = id
    }

    /// Reads the stored form; nil when there is no category or no id in it.
    package init?(_ text: String) {
        guard let dash = text.firstIndex(of: "-"), dash != text.startIndex, text.utf8.count <= Self.maximumLength else {
            return nil
        }
        let rest = text[text.index(after: dash)...]
        guard !rest.isEmpty else { return nil }
        category = String(text[..<dash])
        id = String(rest)
    }

    package var description: String { "\(category)-\(id)" }
}

/// A JSON value as it was written (RFC 8259): fields in their order, numbers as their text.
package enum JSONNode: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// The number's text, which keeps every digit of it.
    case number(String)
    case string(String)
    case array([JSONNode])
    case object([Field])

    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: JSONNode
    }

    /// What kind of value it is, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Why a text is not taken as JSON.
package struct JSONSyntaxError: Error, Hashable, Sendable {
    /// The offset of the byte that is at fault.
    package let offset: Int
    package let reason: String
}

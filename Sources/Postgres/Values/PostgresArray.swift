/// A one-dimensional array for a statement, written in Postgres's binary form as it is filled (`array_send` in its
/// sources): dimensions, flags, element type, then each element with its length.
package struct PostgresArray<Element: PostgresEncodable>: Sendable {
    package private(set) var count = 0
    private var hasNull = false
    private var elements: [UInt8] = []

    /// - Parameter bytes: How long the elements may become together without growing step by step, each with four bytes
    ///   more for its length.
    package init(reserving bytes: Int = 512) {
        elements.reserveCapacity(bytes)
    }

    package mutating func append(_ element: Element) {
        count += 1
        let start = elements.count
        elements.append(bigEndian: Int32(0))
        element.encode(into: &elements)
        let length = UInt32(elements.count - start - 4)
        for index in 0..<4 { elements[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
    }

    /// Nil is NULL.
    package mutating func append(_ element: Element?) {
        if let element { return append(element) }
        count += 1
        hasNull = true
        elements.append(bigEndian: Int32(-1))
    }

    var parameter: PostgresParameter {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + elements.count)
        bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
        bytes.append(bigEndian: Int32(hasNull ? 1 : 0))
        bytes.append(bigEndian: Element.postgresType)
        if count > 0 {
            bytes.append(bigEndian: Int32(count))
            bytes.append(bigEndian: Int32(1))
        }
        bytes.append(contentsOf: elements)
        return PostgresParameter(type: Element.postgresArrayType, bytes: bytes)
    }
}

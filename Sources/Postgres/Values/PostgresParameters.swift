/// The values of a statement, in the order of `$1`, `$2`, …
package struct PostgresParameters: Sendable {
    package private(set) var values: [PostgresParameter] = []

    package init() {}

    package init(_ values: any PostgresEncodable...) {
        self.values = values.map(\.parameter)
    }

    package mutating func add(_ value: some PostgresEncodable) {
        values.append(value.parameter)
    }

    package mutating func add<Value: PostgresEncodable>(_ value: Value?) {
        values.append(value?.parameter ?? PostgresParameter(type: Value.postgresType, bytes: nil))
    }

    /// Adds a one-dimensional array.
    package mutating func add<Value: PostgresEncodable>(array: some Collection<Value>) {
        var writer = ArrayWriter(elementType: Value.postgresType, count: array.count)
        for value in array { writer.add { value.encode(into: &$0) } }
        values.append(PostgresParameter(type: Value.postgresArrayType, bytes: writer.finish()))
    }

    /// Adds a one-dimensional array in which nil is NULL.
    package mutating func add<Value: PostgresEncodable>(array: some Collection<Value?>) {
        var writer = ArrayWriter(elementType: Value.postgresType, count: array.count)
        for value in array {
            if let value { writer.add { value.encode(into: &$0) } } else { writer.addNull() }
        }
        values.append(PostgresParameter(type: Value.postgresArrayType, bytes: writer.finish()))
    }
}

/// Postgres's binary form of an array (`array_send` in its sources): dimensions, flags, element type, then each element
/// with its length.
private struct ArrayWriter {
    private var bytes: [UInt8] = []
    private var hasNull = false

    init(elementType: UInt32, count: Int) {
        bytes.reserveCapacity(20 + count * 16)
        bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: elementType)
        if count > 0 {
            bytes.append(bigEndian: Int32(count))
            bytes.append(bigEndian: Int32(1))
        }
    }

    mutating func add(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(bigEndian: Int32(0))
        write(&bytes)
        let length = UInt32(bytes.count - start - 4)
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
    }

    mutating func addNull() {
        hasNull = true
        bytes.append(bigEndian: Int32(-1))
    }

    consuming func finish() -> [UInt8] {
        if hasNull { bytes[7] = 1 }
        return bytes
    }
}

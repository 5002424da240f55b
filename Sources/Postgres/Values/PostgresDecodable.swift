package import FoundationEssentials

/// Something that can be read from a column in Postgres's binary format.
package protocol PostgresDecodable {
    /// - Parameter type: The object id of the column's type.
    /// - Returns: Nil when the column's type or bytes are something else.
    static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> Self?
}

extension FixedWidthInteger {
    fileprivate static func read(_ bytes: UnsafeRawBufferPointer) -> Self? {
        bytes.count == MemoryLayout<Self>.size ? Self(bigEndian: bytes.loadUnaligned(as: Self.self)) : nil
    }
}

/// `bigint`, `integer` or `smallint`.
extension Int64: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> Int64? {
        switch type {
        case 20: Int64.read(bytes)
        case 23: Int32.read(bytes).map(Int64.init)
        case 21: Int16.read(bytes).map(Int64.init)
        default: nil
        }
    }
}

extension Int: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> Int? {
        Int64.decode(bytes, type: type).map(Int.init)
    }
}

extension Bool: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> Bool? {
        type == 16 && bytes.count == 1 ? bytes[0] != 0 : nil
    }
}

/// `double precision` or `real`.
extension Double: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> Double? {
        switch type {
        case 701: UInt64.read(bytes).map { Double(bitPattern: $0) }
        case 700: UInt32.read(bytes).map { Double(Float(bitPattern: $0)) }
        default: nil
        }
    }
}

/// `text`, `varchar`, `char(n)`, `name` and `json`. `jsonb`, `xid8` and `oid` are not texts: cast them.
extension String: PostgresDecodable {
    private static let types: Set<UInt32> = [25, 1043, 1042, 19, 114, 705]

    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> String? {
        types.contains(type) ? String(validating: bytes, as: UTF8.self) : nil
    }
}

extension UUID: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> UUID? {
        type == 2950 && bytes.count == 16 ? UUID(uuid: bytes.loadUnaligned(as: uuid_t.self)) : nil
    }
}

/// `timestamptz`, or `timestamp`, which is taken as UTC. `infinity` is a date at infinity.
extension Date: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> Date? {
        guard type == 1184 || type == 1114, let microseconds = Int64.read(bytes) else { return nil }
        let seconds: TimeInterval =
            switch microseconds {
            case .max: .infinity
            case .min: -.infinity
            default: TimeInterval(microseconds) / 1_000_000 + postgresEpoch
            }
        return Date(timeIntervalSinceReferenceDate: seconds)
    }
}

extension PostgresBytes: PostgresDecodable {
    package static func decode(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> PostgresBytes? {
        type == 17 ? PostgresBytes(Array(bytes)) : nil
    }
}

package import FoundationEssentials

/// A value for `$1`, `$2`, … in Postgres's binary format.
package struct PostgresParameter: Sendable {
    /// The type's object id, which is the same on every server for built-in types.
    package let type: UInt32
    /// Nil is NULL.
    package let bytes: [UInt8]?

    package init(type: UInt32, bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }
}

/// Something that can be given to a statement.
package protocol PostgresEncodable: Sendable {
    /// The object id of the Postgres type.
    static var postgresType: UInt32 { get }
    /// The object id of the array of it.
    static var postgresArrayType: UInt32 { get }
    /// Appends the value in Postgres's binary format, without its length.
    func encode(into bytes: inout [UInt8])
}

extension PostgresEncodable {
    var parameter: PostgresParameter {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return PostgresParameter(type: Self.postgresType, bytes: bytes)
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension Int64: PostgresEncodable {
    package static var postgresType: UInt32 { 20 }
    package static var postgresArrayType: UInt32 { 1016 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int32: PostgresEncodable {
    package static var postgresType: UInt32 { 23 }
    package static var postgresArrayType: UInt32 { 1007 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

/// Swift's `Int` is a `bigint`.
extension Int: PostgresEncodable {
    package static var postgresType: UInt32 { Int64.postgresType }
    package static var postgresArrayType: UInt32 { Int64.postgresArrayType }
    package func encode(into bytes: inout [UInt8]) { Int64(self).encode(into: &bytes) }
}

extension Bool: PostgresEncodable {
    package static var postgresType: UInt32 { 16 }
    package static var postgresArrayType: UInt32 { 1000 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Double: PostgresEncodable {
    package static var postgresType: UInt32 { 701 }
    package static var postgresArrayType: UInt32 { 1022 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

extension String: PostgresEncodable {
    package static var postgresType: UInt32 { 25 }
    package static var postgresArrayType: UInt32 { 1009 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension UUID: PostgresEncodable {
    package static var postgresType: UInt32 { 2950 }
    package static var postgresArrayType: UInt32 { 2951 }
    package func encode(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }
}

/// `timestamptz`: microseconds since 2000-01-01 UTC; the infinities are Postgres's.
///
/// What lies outside Postgres's range is refused by the server (SQLSTATE 22008).
extension Date: PostgresEncodable {
    package static var postgresType: UInt32 { 1184 }
    package static var postgresArrayType: UInt32 { 1185 }
    /// From 2000-01-01 to 2001-01-01, Foundation's reference date, from which dates keep the most digits.
    static let postgresEpoch: TimeInterval = -31_622_400

    package func encode(into bytes: inout [UInt8]) {
        let seconds = timeIntervalSinceReferenceDate
        let microseconds = ((seconds - Self.postgresEpoch) * 1_000_000).rounded()
        let value: Int64 =
            if seconds == .infinity { .max } else if seconds == -.infinity { .min } else {
                // The numbers next to those of the infinities mean nothing to Postgres.
                Int64(exactly: microseconds) ?? (microseconds > 0 ? .max - 1 : .min + 1)
            }
        bytes.append(bigEndian: value)
    }
}

/// Raw bytes: `bytea`.
package struct PostgresBytes: PostgresEncodable, Hashable {
    package static var postgresType: UInt32 { 17 }
    package static var postgresArrayType: UInt32 { 1001 }
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
}

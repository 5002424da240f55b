import CLibPQ

/// What a statement answered: rows, or the number of rows it changed.
///
/// Owns libpq's result, which nobody changes once it has been received.
package final class PostgresResult: @unchecked Sendable {
    private let result: OpaquePointer
    private let indexByName: [String: Int32]

    /// Takes over a result of libpq.
    init(_ result: OpaquePointer) {
        self.result = result
        var names = [String: Int32](minimumCapacity: Int(PQnfields(result)))
        for column in 0..<PQnfields(result) {
            names[String(cString: PQfname(result, column)), default: column] = column
        }
        indexByName = names
    }

    deinit { PQclear(result) }

    package var rowCount: Int { Int(PQntuples(result)) }

    /// The rows in the server's order.
    package var rows: some Collection<PostgresRow> {
        (0..<rowCount).lazy.map { PostgresRow(result: self, index: Int32($0)) }
    }

    package var first: PostgresRow? { rows.first }

    /// The columns' names and the object ids of their types.
    package var columns: [PostgresColumn] {
        (0..<PQnfields(result)).map {
            PostgresColumn(name: String(cString: PQfname(result, $0)), type: PQftype(result, $0))
        }
    }

    /// How long all values are together, as the server sent them.
    package var byteCount: Int { (0..<Int32(rowCount)).reduce(0) { $0 + byteCount(ofRow: $1) } }

    func byteCount(ofRow row: Int32) -> Int {
        (0..<PQnfields(result)).reduce(0) { $0 + Int(PQgetlength(result, row, $1)) }
    }

    var types: [UInt32] { (0..<PQnfields(result)).map { PQftype(result, $0) } }

    /// The command tag, as in `INSERT 0 1`.
    package var commandTag: String { String(cString: PQcmdStatus(result)) }

    /// How many rows were changed or selected; nil for statements that do neither.
    package var affectedRows: Int64? { Int64(String(cString: PQcmdTuples(result))) }

    func column(_ name: String) -> Int32? { indexByName[name] }

    func withValue<Value>(
        row: Int32, column: Int32, _ body: (_ bytes: UnsafeRawBufferPointer?, _ type: UInt32) throws -> Value
    ) rethrows -> Value {
        let type = PQftype(result, column)
        if PQgetisnull(result, row, column) != 0 { return try body(nil, type) }
        let start = UnsafeRawPointer(PQgetvalue(result, row, column))
        return try body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))), type)
    }
}

/// A column of a result.
package struct PostgresColumn: Hashable, Sendable {
    package let name: String
    /// The object id of its type.
    package let type: UInt32
}

/// One row of a result.
package struct PostgresRow: Sendable {
    let result: PostgresResult
    let index: Int32

    /// The value of a column.
    ///
    /// - Throws: `PostgresError.decoding` when there is no such column, it is NULL or of another type.
    package func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = try decodeOptional(column, as: Value.self) else {
            throw PostgresError.decoding("column \(column) is NULL")
        }
        return value
    }

    /// The value of a column, or nil when it is NULL.
    package func decodeOptional<Value: PostgresDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws -> Value? {
        guard let position = result.column(column) else { throw PostgresError.decoding("there is no column \(column)") }
        return try result.withValue(row: index, column: position) { bytes, oid in
            guard let bytes else { return nil }
            guard let value = Value.decode(bytes, type: oid) else {
                throw PostgresError.decoding("column \(column) (type \(oid)) is not a \(Value.self)")
            }
            return value
        }
    }

    /// How long its values are together, as the server sent them.
    package var byteCount: Int { result.byteCount(ofRow: index) }

    /// The object ids of its columns' types.
    package var types: [UInt32] { result.types }

    /// The value of a column as the server writes it in text format; only for results in that format.
    package func text(_ column: Int) -> String? {
        result.withValue(row: index, column: Int32(column)) { bytes, _ in
            bytes.map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

import Domain
import Postgres

/// The first rows of a result, as JSON arrays: as many as the limits allow.
struct KeptRows {
    private let limits: ResultLimits
    private(set) var rows: [String] = []
    private var byteCount = 0
    /// Whether there was a row that is not kept.
    private(set) var isTruncated = false

    init(_ limits: ResultLimits) {
        self.limits = limits
    }

    /// - Returns: Whether the next row may be kept.
    mutating func keep(_ row: PostgresRow) -> Bool {
        // No row is shorter as JSON: of one that is too long none is made.
        if rows.count < limits.rows, byteCount + row.byteCount <= limits.bytes {
            let text = JSONRow.text(row)
            byteCount += text.utf8.count
            if byteCount <= limits.bytes {
                rows.append(text)
                return true
            }
        }
        isTruncated = true
        return false
    }
}

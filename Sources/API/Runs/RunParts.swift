/// How far a run is, as its engine tells it.
package struct ProgressResource: Codable, Hashable, Sendable {
    /// The engine's own word.
    package let state: String
    /// 0 to 100.
    package let percent: Int?
    package let rowsProcessed: Int64?
    package let bytesProcessed: Int64?

    package init(state: String, percent: Int?, rowsProcessed: Int64?, bytesProcessed: Int64?) {
        self.state = state
        self.percent = percent
        self.rowsProcessed = rowsProcessed
        self.bytesProcessed = bytesProcessed
    }

    enum CodingKeys: String, CodingKey {
        case state, percent
        case rowsProcessed = "rows_processed"
        case bytesProcessed = "bytes_processed"
    }
}

/// Why a run failed, and whose fault it was.
package struct FailureResource: Codable, Hashable, Sendable {
    /// The engine's own name of the error where it has one.
    package let code: String
    /// `user`, `engine`, `infrastructure` or `weir`.
    package let fault: String
    package let message: String
    package let retryable: Bool

    package init(code: String, fault: String, message: String, retryable: Bool) {
        self.code = code
        self.fault = fault
        self.message = message
        self.retryable = retryable
    }
}

/// What a run's result is.
package struct ResultSummary: Codable, Hashable, Sendable {
    package let columns: [ColumnResource]
    /// How many rows are kept.
    package let rowCount: Int
    /// Whether the engine had more rows than are kept.
    package let truncated: Bool
    /// SHA-256, in hex, of the kept rows' JSON texts, each followed by a line feed.
    package let digest: String
    /// How many rows the statement changed, where it changes rows.
    package let updateCount: Int64?

    package init(columns: [ColumnResource], rowCount: Int, truncated: Bool, digest: String, updateCount: Int64?) {
        self.columns = columns
        self.rowCount = rowCount
        self.truncated = truncated
        self.digest = digest
        self.updateCount = updateCount
    }

    enum CodingKeys: String, CodingKey {
        case columns, truncated, digest
        case rowCount = "row_count"
        case updateCount = "update_count"
    }
}

/// A column of a result, with the engine's own name for its type.
package struct ColumnResource: Codable, Hashable, Sendable {
    package let name: String
    package let type: String

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}

/// A piece of a run's result.
package struct ResultResource: Codable, Hashable, Sendable {
    package let columns: [ColumnResource]
    /// How many rows are kept in all.
    package let rowCount: Int
    package let truncated: Bool
    package let updateCount: Int64?
    /// The place of the first of these rows, from 0.
    package let from: Int
    /// One value for each column.
    package let rows: [[JSONValue]]

    package init(
        columns: [ColumnResource], rowCount: Int, truncated: Bool, updateCount: Int64?, from: Int, rows: [[JSONValue]]
    ) {
        self.columns = columns
        self.rowCount = rowCount
        self.truncated = truncated
        self.updateCount = updateCount
        self.from = from
        self.rows = rows
    }

    enum CodingKeys: String, CodingKey {
        case columns, truncated, from, rows
        case rowCount = "row_count"
        case updateCount = "update_count"
    }
}

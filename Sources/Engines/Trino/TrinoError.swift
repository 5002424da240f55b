import Domain

/// Trino's own word on a query that failed (QueryError in its client protocol).
struct TrinoError: Decodable, Sendable {
    struct Location: Decodable, Sendable {
        let lineNumber: Int
        let columnNumber: Int
    }

    let message: String?
    let errorName: String
    /// USER_ERROR, INTERNAL_ERROR, INSUFFICIENT_RESOURCES or EXTERNAL.
    let errorType: String
    let errorLocation: Location?

    /// Nothing ran: the same attempt may be made again.
    private static let nothingRan: Set<String> = [
        "SERVER_STARTING_UP", "SERVER_SHUTTING_DOWN", "NO_NODES_AVAILABLE", "QUERY_QUEUE_FULL",
    ]
    /// Errors of the user's class that pass by themselves.
    private static let passing: Set<String> = ["TRANSACTION_CONFLICT", "CATALOG_UNAVAILABLE"]
    /// Errors after which something may have been committed; never tried again without a look at the effect.
    private static let effectUnclear: Set<String> = [
        "ABANDONED_QUERY", "USER_CANCELED", "ADMINISTRATIVELY_KILLED", "ICEBERG_COMMIT_ERROR",
    ]
    /// Limits and plans: the same statement would fail again.
    private static let permanent: Set<String> = [
        "COMPILER_ERROR", "OPTIMIZER_TIMEOUT", "CONFIGURATION_INVALID", "JDBC_NON_TRANSIENT_ERROR",
    ]

    /// Whether somebody stopped the query.
    var isCancellation: Bool { errorName == "USER_CANCELED" || errorName == "ADMINISTRATIVELY_KILLED" }

    /// - Parameter isReadOnly: Whether the statement changes nothing, so that what ran in part may be run again.
    func failure(isReadOnly: Bool) -> RunFailure {
        let place = errorLocation.map { " (line \($0.lineNumber), column \($0.columnNumber))" } ?? ""
        return RunFailure(
            code: errorName, fault: fault, message: (message ?? errorName) + place,
            isRetryable: isRetryable(isReadOnly: isReadOnly))
    }

    private var fault: RunFailure.Fault {
        switch errorType {
        case "USER_ERROR": Self.passing.contains(errorName) ? .engine : .user
        case "EXTERNAL": .infrastructure
        default: .engine
        }
    }

    private func isRetryable(isReadOnly: Bool) -> Bool {
        if Self.nothingRan.contains(errorName) { return true }
        if Self.effectUnclear.contains(errorName) || Self.permanent.contains(errorName) { return false }
        if errorName.hasPrefix("EXCEEDED_") { return false }
        if errorType == "USER_ERROR" { return Self.passing.contains(errorName) }
        return isReadOnly
    }
}

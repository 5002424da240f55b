import ControlPlane
import Domain

/// What an error of Trino's means for another try (`StandardErrorCode`, and Trino's own retry policy).
enum TrinoErrorClass: Hashable, Sendable {
    /// The query did not begin.
    case nothingRan
    /// It ran in part; another try may succeed.
    case ranInPart
    /// It was the caller's or the data's fault in form only, and left nothing behind: a conflict, a catalog that is down.
    case passes
    /// It was stopped from outside.
    case stopped
    /// Trino gave it up because nobody fetched its pages; what it changed may stand.
    case abandoned
    /// It says itself that its change may or may not stand.
    case commitUnknown
    /// It fails the same way again.
    case permanent

    init(_ error: TrinoError) {
        switch error.errorName {
        case "SERVER_STARTING_UP", "SERVER_SHUTTING_DOWN", "NO_NODES_AVAILABLE", "QUERY_QUEUE_FULL": self = .nothingRan
        case "USER_CANCELED", "ADMINISTRATIVELY_KILLED": self = .stopped
        case "ABANDONED_QUERY": self = .abandoned
        case "TRANSACTION_CONFLICT", "CATALOG_UNAVAILABLE": self = .passes
        case "ICEBERG_COMMIT_ERROR" where Self.leavesItOpen(error.message): self = .commitUnknown
        case "COMPILER_ERROR", "OPTIMIZER_TIMEOUT", "CONFIGURATION_INVALID", "JDBC_NON_TRANSIENT_ERROR",
            "ICEBERG_COMMIT_ERROR", "UNSUPPORTED_TABLE_TYPE":
            self = .permanent
        case "CLUSTER_OUT_OF_MEMORY", "GENERIC_INSUFFICIENT_RESOURCES", "ADMINISTRATIVELY_PREEMPTED": self = .ranInPart
        default:
            switch error.errorType {
            case "INTERNAL_ERROR", "EXTERNAL": self = .ranInPart
            default: self = .permanent
            }
        }
    }

    private static func leavesItOpen(_ message: String?) -> Bool {
        let message = message?.lowercased() ?? ""
        return message.contains("unknown") || message.contains("cannot determine")
    }
}

extension Look {
    /// What the end of a query with an error is to the attempt.
    init(_ error: TrinoError, isReadOnly: Bool) {
        let message = error.message ?? "no message"
        switch TrinoErrorClass(error) {
        case .stopped:
            let warning = isReadOnly ? "" : " What it had changed by then may stand; look at its target."
            self = .ended(.cancelled("Trino stopped it: \(message)\(warning)"))
        case .abandoned where !isReadOnly, .commitUnknown:
            self = .cannotTell(
                "Trino says \(error.errorName ?? "an error"), which leaves open whether it took effect: \(message)")
        case .nothingRan, .ranInPart, .passes, .abandoned, .permanent:
            self = .ended(.failed(RunFailure(error, isReadOnly: isReadOnly)))
        }
    }
}

extension RunFailure {
    /// - Parameter isReadOnly: Whether the statement leaves nothing behind when it fails in the middle.
    init(_ error: TrinoError, isReadOnly: Bool) {
        let isRetryable =
            switch TrinoErrorClass(error) {
            case .nothingRan, .passes: true
            case .ranInPart, .abandoned: isReadOnly
            case .stopped, .commitUnknown, .permanent: false
            }
        let fault: Fault =
            switch error.errorType {
            case "USER_ERROR": .user
            case "EXTERNAL": .infrastructure
            default: .engine
            }
        self.init(
            code: error.errorName ?? "TRINO_ERROR", fault: fault, message: error.message ?? "Trino gives no reason.",
            isRetryable: isRetryable)
    }
}

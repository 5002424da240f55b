import EventSourcing

/// What somebody tried.
package enum SecurityEvent: Hashable, Sendable {
    case commandRefused(CommandRefused)
    case auditExported(AuditExported)
}

/// A command was refused: auditors ask who tried.
package struct CommandRefused: EventPayload {
    package static let type = "security.command_refused"
    /// What was asked: method and route, as in `POST /api/v1/workspaces`.
    package let command: String
    /// The stable code of the refusal.
    package let code: String
    /// What the client was told. Never the request's own text.
    package let message: String

    package init(command: String, code: String, message: String) {
        self.command = command
        self.code = code
        self.message = message
    }
}

/// The log was given out to an auditor, or a further part of it.
package struct AuditExported: EventPayload {
    package static let type = "security.audit_exported"
    /// The export reaches to the event with this seq, and to this checkpoint.
    package let treeSize: Int64
    package let checkpoint: Int64
    /// 0 for an export from the beginning; else where one went on.
    package let afterSeq: Int64
    /// Which events were asked for, for people; empty means all.
    package let filter: String

    package init(treeSize: Int64, checkpoint: Int64, afterSeq: Int64, filter: String) {
        self.treeSize = treeSize
        self.checkpoint = checkpoint
        self.afterSeq = afterSeq
        self.filter = filter
    }

    enum CodingKeys: String, CodingKey {
        case checkpoint, filter
        case treeSize = "tree_size"
        case afterSeq = "after_seq"
    }
}

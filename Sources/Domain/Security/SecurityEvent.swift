import EventSourcing

/// What somebody tried.
package enum SecurityEvent: Hashable, Sendable {
    case commandRefused(CommandRefused)
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

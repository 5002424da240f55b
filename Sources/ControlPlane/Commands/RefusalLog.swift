package import Domain
package import EventSourcing
import FoundationEssentials

/// Notes refused commands in the log: auditors ask who tried.
package struct RefusalLog: Sendable {
    private let transactor: Transactor
    private let environment: Environment

    package init(transactor: Transactor, environment: Environment) {
        self.transactor = transactor
        self.environment = environment
    }

    /// Notes a refusal in the stream of the day.
    package func note(_ refusal: CommandRefused, metadata: EventMetadata) async throws {
        let day = environment.now().formatted(Date.ISO8601FormatStyle().year().month().day())
        try await transactor.note(
            SecurityDecider.self, .noteRefusal(refusal), on: day, context: CommandContext(metadata: metadata))
    }
}

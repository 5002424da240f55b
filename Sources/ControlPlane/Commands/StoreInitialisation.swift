import Domain
package import EventSourcing

/// Writes a new log's first event, before anything else is recorded. Of several processes that start at the same time
/// one does.
package struct StoreInitialisation: Sendable {
    /// The stream in which a log tells of itself.
    package static let stream = "store"

    private let transactor: Transactor
    private let migration: Int

    /// - Parameter migration: The newest file of schema/ that this program knows.
    package init(transactor: Transactor, migration: Int) {
        self.transactor = transactor
        self.migration = migration
    }

    /// - Returns: The log's epoch.
    package func run() async throws -> StoreEpoch {
        let epoch = try await transactor.store.epoch()
        let begin = StoreInitialised(epoch: epoch.description, migration: migration)
        _ = try await transactor.transact(
            SystemDecider.self, .initialiseStore(begin), on: Self.stream,
            context: CommandContext(metadata: EventMetadata(actor: "service:weir")))
        return epoch
    }
}

import Domain
import EventSourcing

/// Makes a new stream: the shared way of every command that creates something.
struct Creation: Sendable {
    let transactor: Transactor

    /// Carries out a creating command on the stream of a fresh id. In a replay the answer names what was made then.
    func create<D: Decider>(
        _ decider: D.Type, _ command: D.Command, id: Identifier<D>, context: CommandContext
    ) async throws -> CommandReceipt<D> {
        let done = try await transactor.transact(D.self, command, on: id.description, isNew: true, context: context)
        guard done.isReplay, let receipt = done.receipt else {
            return CommandReceipt(id: id, seq: done.receipt?.lastSeq, version: done.version, isReplay: false)
        }
        let first = try await transactor.store.readAll(after: receipt.firstSeq - 1, limit: 1).first
        guard let first, first.stream.category == D.Codec.category, let made = Identifier<D>(first.stream.id) else {
            throw EventStoreError.corrupt("the receipt of seq \(receipt.firstSeq) leads to no \(D.Codec.category)")
        }
        return CommandReceipt(id: made, seq: receipt.lastSeq, version: nil, isReplay: true)
    }
}

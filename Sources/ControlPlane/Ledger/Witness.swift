import Telemetry

/// Where checkpoints are copied to, out of the reach of whoever administers the database.
package protocol Witness: Sendable {
    /// Keeps a checkpoint's note. Keeping the same one again changes nothing.
    func keep(_ checkpoint: KeptCheckpoint) async throws
    /// The note with the highest number that was kept; nil when none was.
    func latest() async throws -> String?
}

/// Copies checkpoints to a witness, all of them in their order, from the newest that it has.
///
/// Sealing does not wait for it: what fails is tried again and told in the log.
struct WitnessCopier: Sendable {
    let ledger: any LedgerStore
    let witness: any Witness
    let log: Log

    private static let page = 100
    private static let retryDelay = Duration.seconds(10)

    /// Copies until the task is cancelled.
    ///
    /// - Parameter kept: Tells that there may be new checkpoints.
    func run(_ kept: AsyncStream<Void>) async throws {
        var number: Int64?
        var failed = false
        var signals = kept.makeAsyncIterator()
        while true {
            do {
                number = try await copy(after: number)
                if failed { log.info("the witness has all checkpoints again", ["number": "\(number ?? 0)"]) }
                failed = false
                _ = await signals.next()
                try Task.checkCancellation()
            } catch {
                try Task.checkCancellation()
                log.error("the witness did not take a checkpoint; it is tried again", ["error": "\(error)"])
                failed = true
                try await Task.sleep(for: Self.retryDelay)
            }
        }
    }

    /// Copies what is missing, and returns the number of the last.
    private func copy(after known: Int64?) async throws -> Int64 {
        var number: Int64
        if let known {
            number = known
        } else {
            number = try await witness.latest().map { try Checkpoint(text: SignedNote($0).text).number } ?? 0
        }
        while true {
            let checkpoints = try await ledger.checkpoints(after: number, limit: Self.page)
            for checkpoint in checkpoints {
                try await witness.keep(checkpoint)
                number = checkpoint.number
            }
            if checkpoints.count < Self.page { return number }
        }
    }
}

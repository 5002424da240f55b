import Domain
package import EventSourcing
import FoundationEssentials

/// Begins exports of the log for auditors. Each is an event itself, which is recorded before anything is given out.
package struct LedgerExports: Sendable {
    private let ledger: any LedgerStore
    private let transactor: Transactor
    private let environment: Environment

    package init(ledger: any LedgerStore, transactor: Transactor, environment: Environment) {
        self.ledger = ledger
        self.transactor = transactor
        self.environment = environment
    }

    /// Begins an export, or goes on with one.
    ///
    /// - Parameters:
    ///   - seq: The lines after this event are wanted; 0 for all.
    ///   - size: The tree size of the export that is gone on with; nil takes the newest checkpoint.
    ///   - number: The number of that export's last checkpoint.
    /// - Returns: The bundle's header, and the pieces of the rest.
    /// - Throws: `ProofRefusal`.
    package func begin(
        after seq: Int64, treeSize size: Int64?, checkpoint number: Int64?, filter: BundleFilter?,
        metadata: EventMetadata
    ) async throws -> BundleHeader {
        guard let kept = try await ledger.checkpoint(treeSize: size) else {
            throw size.map { ProofRefusal.noCheckpoint(of: $0) } ?? ProofRefusal.nothingSealed
        }
        let checkpoint = try Checkpoint(text: SignedNote(kept.note).text)
        // A size may have been signed again since the export began.
        let last = min(number ?? kept.number, kept.number)
        let header = BundleHeader(
            origin: checkpoint.origin, store: checkpoint.store, treeSize: kept.size, checkpoint: last,
            exportedAt: environment.now(), filter: filter)
        let export = AuditExported(
            treeSize: header.treeSize, checkpoint: last, afterSeq: seq, filter: filter?.description ?? "")
        let day = environment.now().formatted(Date.ISO8601FormatStyle().year().month().day())
        // A stream of their own: however many refusals a day has, exports are recorded.
        try await transactor.note(
            SecurityDecider.self, .noteExport(export), on: "exports-\(day)", context: CommandContext(metadata: metadata)
        )
        return header
    }

    /// The lines of a bundle after an event, piece by piece.
    package func write(
        _ header: BundleHeader, after seq: Int64, to output: (String) async throws -> Void
    ) async throws {
        if seq == 0 { try await output(try header.line + "\n") }
        var last = seq
        while let piece = try await ledger.bundleLines(after: last, of: header) {
            try await output(piece.text)
            last = piece.lastSeq
        }
    }
}

package import Cryptography
package import EventSourcing
package import FoundationEssentials

/// Where the log's evidence is: leaves, blocks, the tree, and the signed checkpoints.
package protocol LedgerStore: Sendable {
    /// How far the log has come.
    func tip() async throws -> LogTip

    /// The leaf hashes after `seq` and through another, at most 2^18 of them, each checked against its event.
    ///
    /// - Throws: `LedgerFault` where an event is not there, or is not what its hash says.
    func leaves(after seq: Int64, through last: Int64) async throws -> [SHA256Digest]

    /// The blocks whose first event comes after `seq` and through another, in their order.
    func blocks(after seq: Int64, through last: Int64) async throws -> [LogBlock]

    /// The end of the block that holds the event `seq`; nil where there is none.
    func endOfBlock(holding seq: Int64) async throws -> Int64?

    /// The roots of complete subtrees within the sealed tree, in the order in which they are asked for.
    ///
    /// - Throws: `LedgerFault` where the tree lacks one.
    func roots(of subtrees: [Subtree]) async throws -> [SHA256Digest]

    /// Keeps a checkpoint, with what has been added to the tree since the one before.
    ///
    /// - Throws: `TransactionFailure.fenced` when the lease has another owner.
    func keep(_ seal: Seal, fence: LeaseFence) async throws

    /// The newest checkpoint, or the newest of a tree size; nil where there is none.
    func checkpoint(treeSize: Int64?) async throws -> KeptCheckpoint?

    /// The checkpoints with numbers above `number`, in their order; at most `limit` (1 to 1,000).
    func checkpoints(after number: Int64, limit: Int) async throws -> [KeptCheckpoint]

    /// The checkpoints, the newest first.
    func checkpoints(page: PageRequest) async throws -> Page<KeptCheckpoint>

    /// An event as it is hashed; nil where there is none.
    func event(_ seq: Int64) async throws -> CanonicalEvent?

    /// Lines of a bundle (docs/audit-bundle.md), for the events after `seq`, with the line feed of the last.
    ///
    /// - Returns: Some thousand events' lines, and the seq of the last; nil at the end.
    func bundleLines(after seq: Int64, of bundle: BundleHeader) async throws -> BundlePiece?
}

/// How far the log has come at a time.
package struct LogTip: Hashable, Sendable {
    package let lastSeq: Int64
    package let store: UUID
    /// By the database's clock.
    package let time: Date

    package init(lastSeq: Int64, store: UUID, time: Date) {
        self.lastSeq = lastSeq
        self.store = store
        self.time = time
    }
}

/// A checkpoint as it is kept: the note with its signatures, and by what it is found.
package struct KeptCheckpoint: Hashable, Sendable {
    package let number: Int64
    package let size: Int64
    package let root: SHA256Digest
    package let signedAt: Date
    /// A C2SP signed note.
    package let note: String

    package init(number: Int64, size: Int64, root: SHA256Digest, signedAt: Date, note: String) {
        self.number = number
        self.size = size
        self.root = root
        self.signedAt = signedAt
        self.note = note
    }
}

/// What one sealing adds.
package struct Seal: Sendable {
    package let checkpoint: KeptCheckpoint
    /// The leaves after the tree of the checkpoint before.
    package let leaves: [SHA256Digest]
    /// The complete subtrees of every eighth level that they complete.
    package let nodes: [(subtree: Subtree, hash: SHA256Digest)]

    /// How many leaves a piece of `log_tree_leaves` holds at most; it ends at a multiple of this.
    package static let tileSize: Int64 = 256
}

package import Cryptography

/// What one call of `append_batch` recorded.
package struct LogBlock: Hashable, Sendable {
    package let number: Int64
    package let firstSeq: Int64
    package let lastSeq: Int64
    /// Microseconds since 1970; every event of the block has it.
    package let recordedMicroseconds: Int64
    package let previousHash: SHA256Digest
    /// SHA-256 of: `previousHash`; number, first and last seq as 8 bytes each, big endian; the leaf hashes in order.
    package let hash: SHA256Digest

    package init(
        number: Int64, firstSeq: Int64, lastSeq: Int64, recordedMicroseconds: Int64, previousHash: SHA256Digest,
        hash: SHA256Digest
    ) {
        self.number = number
        self.firstSeq = firstSeq
        self.lastSeq = lastSeq
        self.recordedMicroseconds = recordedMicroseconds
        self.previousHash = previousHash
        self.hash = hash
    }
}

/// Takes the log's leaves in order, and checks them against the chain of blocks while the tree grows.
///
/// A value without I/O: the sealer and the auditor's verifier are both made of it.
package struct LogChain: Sendable {
    package private(set) var frontier: MerkleFrontier
    /// The last block that ended, and its hash.
    package private(set) var block: Int64
    package private(set) var blockHash: SHA256Digest
    private var open: LogBlock?
    private var content: [UInt8] = []

    /// The hash before the first block.
    package static let firstHash = SHA256Digest(bytes: [UInt8](repeating: 0, count: 32)) ?? MerkleTree.emptyRoot

    /// - Parameters: Where the log is known up to, at a block's end; by default its beginning.
    package init(
        frontier: MerkleFrontier = MerkleFrontier(), block: Int64 = 0, blockHash: SHA256Digest = firstHash
    ) {
        self.frontier = frontier
        self.block = block
        self.blockHash = blockHash
    }

    /// The seq of the next leaf.
    package var nextSeq: Int64 { frontier.size + 1 }
    /// Whether the last leaf was the last of its block.
    package var isAtBlockEnd: Bool { open == nil }
    /// The block that the next leaf belongs to, once it is known.
    package var current: LogBlock? { open }

    /// The next block, before its leaves.
    package mutating func begin(_ next: LogBlock) throws(LedgerFault) {
        if let open {
            throw LedgerFault(.block, seq: nextSeq, "block \(open.number) should go on to seq \(open.lastSeq)")
        }
        guard next.number == block + 1 else {
            throw LedgerFault(.block, seq: nextSeq, "block \(next.number) follows block \(block)")
        }
        guard next.firstSeq == nextSeq, next.lastSeq >= next.firstSeq else {
            throw LedgerFault(
                .block, seq: nextSeq, "block \(next.number) says seq \(next.firstSeq) to \(next.lastSeq)")
        }
        guard next.previousHash == blockHash else {
            throw LedgerFault(
                .block, seq: nextSeq, "block \(next.number) does not follow from the hash of block \(block)")
        }
        open = next
        content.removeAll(keepingCapacity: true)
        content.append(next.previousHash)
        for value in [next.number, next.firstSeq, next.lastSeq] {
            for shift in stride(from: 56, through: 0, by: -8) {
                content.append(UInt8(truncatingIfNeeded: value >> Int64(shift)))
            }
        }
    }

    /// The next leaf.
    ///
    /// - Parameter completed: Is told of every subtree that becomes complete.
    package mutating func append(
        _ leaf: SHA256Digest, completed: (Subtree, SHA256Digest) -> Void = { _, _ in }
    ) throws(LedgerFault) {
        guard let open else { throw LedgerFault(.block, seq: nextSeq, "no block tells of this event") }
        content.append(leaf)
        frontier.append(leaf, completed: completed)
        guard frontier.size == open.lastSeq else { return }
        guard SHA256Digest(of: content) == open.hash else {
            let seqs = open.firstSeq == open.lastSeq ? "seq \(open.lastSeq)" : "seq \(open.firstSeq) to \(open.lastSeq)"
            throw LedgerFault(
                .block, seq: open.firstSeq, "the hash of block \(open.number) (\(seqs)) is not that of its events")
        }
        block = open.number
        blockHash = open.hash
        self.open = nil
    }
}

/// What is wrong with a log, and where it first is.
package struct LedgerFault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable, Codable {
        /// An event is not what was hashed.
        case event
        /// An event is not there.
        case missing
        /// An event stands where another one was.
        case order
        /// A block is not what was chained.
        case block
        /// The tree is not what was signed.
        case tree
        /// A checkpoint is missing, malformed or not signed by a known key.
        case checkpoint
        /// A witness has seen another log.
        case witness
        /// The bundle is not in its format.
        case format
    }

    package let kind: Kind
    /// The first seq that is, or may be, wrong; nil where no event is concerned.
    package let seq: Int64?
    package let detail: String

    package init(_ kind: Kind, seq: Int64?, _ detail: String) {
        self.kind = kind
        self.seq = seq
        self.detail = detail
    }

    package var description: String { seq.map { "seq \($0): \(detail)" } ?? detail }
}

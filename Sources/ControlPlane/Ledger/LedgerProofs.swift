package import Cryptography

/// Makes proofs out of the stored tree, and gives none away that does not hold.
package struct LedgerProofs: Sendable {
    private let ledger: any LedgerStore

    package init(ledger: any LedgerStore) {
        self.ledger = ledger
    }

    /// That an event is in the tree of a checkpoint.
    ///
    /// - Parameter size: The tree's size; nil takes the newest checkpoint.
    /// - Throws: `ProofRefusal`, or `LedgerFault` where log and tree disagree.
    package func inclusion(of seq: Int64, in size: Int64? = nil) async throws -> InclusionProof {
        let checkpoint = try await checkpoint(of: size)
        guard (1...checkpoint.size).contains(seq) else {
            throw ProofRefusal.notInTree(seq: seq, size: checkpoint.size)
        }
        guard let event = try await ledger.event(seq) else {
            throw LedgerFault(.missing, seq: seq, "the event was sealed, and is not in the log")
        }
        let path = try await hashes(of: MerkleProof.inclusionRanges(of: seq - 1, in: checkpoint.size))
        let leaf = event.leafHash
        guard MerkleProof.root(from: leaf, index: seq - 1, size: checkpoint.size, path: path) == checkpoint.root else {
            throw LedgerFault(.tree, seq: seq, "the event is not the one that was sealed")
        }
        return InclusionProof(event: event, leaf: leaf, path: path, checkpoint: checkpoint)
    }

    /// That the tree of one size begins with that of another.
    ///
    /// - Parameters:
    ///   - old: Any size up to that of the newer checkpoint.
    ///   - new: A checkpoint's size; nil takes the newest.
    /// - Throws: `ProofRefusal`, or `LedgerFault` where tree and checkpoint disagree.
    package func consistency(from old: Int64, to new: Int64? = nil) async throws -> ConsistencyProof {
        let checkpoint = try await checkpoint(of: new)
        guard (1...checkpoint.size).contains(old) else {
            throw ProofRefusal.notInTree(seq: old, size: checkpoint.size)
        }
        let path = try await hashes(of: MerkleProof.consistencyRanges(from: old, to: checkpoint.size))
        let root = MerkleTree.root(ofSubtrees: try await ledger.roots(of: Subtree.covering(0..<old)))
        guard
            MerkleProof.isConsistent(
                old: old, oldRoot: root, new: checkpoint.size, newRoot: checkpoint.root, path: path)
        else { throw LedgerFault(.tree, seq: nil, "the stored tree is not that of checkpoint \(checkpoint.number)") }
        return ConsistencyProof(size: old, root: root, path: path, checkpoint: checkpoint)
    }

    private func checkpoint(of size: Int64?) async throws -> KeptCheckpoint {
        guard let checkpoint = try await ledger.checkpoint(treeSize: size) else {
            throw size.map { ProofRefusal.noCheckpoint(of: $0) } ?? ProofRefusal.nothingSealed
        }
        return checkpoint
    }

    /// The hashes of ranges, all read in one go.
    private func hashes(of ranges: [Range<Int64>]) async throws -> [SHA256Digest] {
        let parts = ranges.map { Subtree.covering($0) }
        var roots = try await ledger.roots(of: parts.flatMap { $0 })[...]
        return parts.map { part in
            defer { roots = roots.dropFirst(part.count) }
            return MerkleTree.root(ofSubtrees: roots.prefix(part.count))
        }
    }
}

/// That an event is in the tree of a signed checkpoint.
package struct InclusionProof: Sendable {
    package let event: CanonicalEvent
    package let leaf: SHA256Digest
    /// From the leaf to the root.
    package let path: [SHA256Digest]
    package let checkpoint: KeptCheckpoint
}

/// That the tree of a signed checkpoint begins with a smaller one.
package struct ConsistencyProof: Sendable {
    /// Of the smaller tree.
    package let size: Int64
    package let root: SHA256Digest
    package let path: [SHA256Digest]
    package let checkpoint: KeptCheckpoint
}

/// Why there is no proof.
package enum ProofRefusal: Error, Hashable, Sendable {
    /// No checkpoint has been signed.
    case nothingSealed
    /// No checkpoint has this size.
    case noCheckpoint(of: Int64)
    /// The tree does not hold it, or not yet.
    case notInTree(seq: Int64, size: Int64)
}

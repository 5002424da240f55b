import API
import ControlPlane
import Cryptography
import Foundation

/// A proof as `weir audit prove` or `weir audit consistency` printed it.
enum ProofDocument {
    case inclusion(InclusionProofResource)
    case consistency(ConsistencyProofResource)

    /// No proof is longer: an event of 1 MiB, escaped.
    private static let longest = 16 << 20

    /// Reads the document; nil for what may be a bundle.
    init?(path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try handle.read(upToCount: Self.longest)
        else { return nil }
        guard !data.starts(with: Data("{\"weir_audit_bundle\"".utf8)) else { return nil }
        if let proof = try? WireFormat.decoder().decode(InclusionProofResource.self, from: data) {
            self = .inclusion(proof)
        } else if let proof = try? WireFormat.decoder().decode(ConsistencyProofResource.self, from: data) {
            self = .consistency(proof)
        } else {
            return nil
        }
    }

    /// - Returns: What is proved.
    /// - Throws: `LedgerFault`.
    func verify(_ expectation: BundleExpectation) throws(LedgerFault) -> [(String, String)] {
        switch self {
        case .inclusion(let proof): try Self.verify(proof, expectation)
        case .consistency(let proof): try Self.verify(proof, expectation)
        }
    }

    private static func verify(
        _ proof: InclusionProofResource, _ expectation: BundleExpectation
    ) throws(LedgerFault) -> [(String, String)] {
        let checkpoint = try checkpoint(proof.checkpoint, expectation)
        let event = proof.event
        let leaf = CanonicalEvent(
            seq: event.seq, version: event.version, recordedMicroseconds: event.recordedMicroseconds,
            schemaVersion: event.schemaVersion, stream: event.stream, type: event.type, payload: event.payload,
            metadata: event.metadata
        ).leafHash
        let path = try digests(proof.auditPath)
        guard expectation.seq == nil || expectation.seq == event.seq else {
            throw LedgerFault(.missing, seq: expectation.seq, "the proof is of seq \(event.seq)")
        }
        guard
            MerkleProof.root(from: leaf, index: event.seq - 1, size: checkpoint.size, path: path) == checkpoint.root
        else {
            throw LedgerFault(.tree, seq: event.seq, "the event is not in the tree that the checkpoint was signed over")
        }
        return [
            ("event", "seq \(event.seq), \(event.type) of \(event.stream)"), ("leaf_hash", leaf.base64),
            ("log", checkpoint.origin), ("tree_size", "\(checkpoint.size)"),
            ("checkpoint", "\(checkpoint.number), signed at \(Checkpoint.text(of: checkpoint.time))"),
        ]
    }

    /// The smaller root counts only where a checkpoint says it: from the witness.
    private static func verify(
        _ proof: ConsistencyProofResource, _ expectation: BundleExpectation
    ) throws(LedgerFault) -> [(String, String)] {
        let checkpoint = try checkpoint(proof.checkpoint, expectation)
        guard let old = expectation.witnessed.first(where: { $0.size == proof.fromSize }) else {
            throw LedgerFault(
                .witness, seq: nil, "give with --witness the checkpoint of \(proof.fromSize) events that was kept")
        }
        guard
            MerkleProof.isConsistent(
                old: old.size, oldRoot: old.root, new: checkpoint.size, newRoot: checkpoint.root,
                path: try digests(proof.path))
        else {
            throw LedgerFault(
                .witness, seq: nil,
                "the checkpoint of \(old.size) events that was kept is not consistent with that of \(checkpoint.size)")
        }
        return [
            ("log", checkpoint.origin), ("from_size", "\(old.size)"), ("tree_size", "\(checkpoint.size)"),
            ("checkpoint", "\(checkpoint.number), signed at \(Checkpoint.text(of: checkpoint.time))"),
        ]
    }

    private static func checkpoint(
        _ text: String, _ expectation: BundleExpectation
    ) throws(LedgerFault) -> Checkpoint {
        let checkpoint: Checkpoint
        do throws(MalformedNote) {
            checkpoint = try Checkpoint(note: text, signedByOneOf: expectation.keys)
        } catch {
            throw LedgerFault(.checkpoint, seq: nil, "the checkpoint: \(error)")
        }
        guard expectation.origin == nil || expectation.origin == checkpoint.origin else {
            throw LedgerFault(.checkpoint, seq: nil, "the checkpoint is of the log “\(checkpoint.origin)”")
        }
        return checkpoint
    }

    private static func digests(_ texts: [String]) throws(LedgerFault) -> [SHA256Digest] {
        let digests = texts.compactMap { SHA256Digest(base64: $0) }
        guard digests.count == texts.count else { throw LedgerFault(.format, seq: nil, "a hash is not in base64") }
        return digests
    }
}

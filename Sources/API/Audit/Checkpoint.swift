package import FoundationEssentials

/// A signed checkpoint of the log (C2SP tlog-checkpoint in a signed note).
package struct CheckpointResource: Codable, Hashable, Sendable {
    /// Counts checkpoints, from 1, without gaps.
    package let number: Int64
    /// The tree covers the events with seq 1 to this one.
    package let treeSize: Int64
    /// RFC 6962, in base64.
    package let rootHash: String
    package let signedAt: Date
    /// The note: what is signed, and the signatures.
    package let note: String

    package init(number: Int64, treeSize: Int64, rootHash: String, signedAt: Date, note: String) {
        self.number = number
        self.treeSize = treeSize
        self.rootHash = rootHash
        self.signedAt = signedAt
        self.note = note
    }

    enum CodingKeys: String, CodingKey {
        case number, note
        case treeSize = "tree_size"
        case rootHash = "root_hash"
        case signedAt = "signed_at"
    }
}

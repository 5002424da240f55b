/// That an event is in the tree of a signed checkpoint: all that is needed to check it, without a server.
package struct InclusionProofResource: Codable, Hashable, Sendable {
    /// The event as it is hashed.
    package let event: HashedEventResource
    /// The event's place among the leaves, from 0: its seq less 1.
    package let leafIndex: Int64
    /// In base64, like all hashes here.
    package let leafHash: String
    package let treeSize: Int64
    /// The hashes beside the way from the leaf to the root (RFC 6962, section 2.1.1), from the leaf on.
    package let auditPath: [String]
    /// The checkpoint's signed note.
    package let checkpoint: String

    package init(
        event: HashedEventResource, leafIndex: Int64, leafHash: String, treeSize: Int64, auditPath: [String],
        checkpoint: String
    ) {
        self.event = event
        self.leafIndex = leafIndex
        self.leafHash = leafHash
        self.treeSize = treeSize
        self.auditPath = auditPath
        self.checkpoint = checkpoint
    }

    enum CodingKeys: String, CodingKey {
        case event, checkpoint
        case leafIndex = "leaf_index"
        case leafHash = "leaf_hash"
        case treeSize = "tree_size"
        case auditPath = "audit_path"
    }
}

/// An event with every field that goes into its leaf hash; payload and metadata as texts, byte for byte.
package struct HashedEventResource: Codable, Hashable, Sendable {
    package let seq: Int64
    package let version: Int64
    /// Microseconds since 1970-01-01 UTC.
    package let recordedMicroseconds: Int64
    package let schemaVersion: Int64
    package let stream: String
    package let type: String
    package let payload: String
    package let metadata: String

    package init(
        seq: Int64, version: Int64, recordedMicroseconds: Int64, schemaVersion: Int64, stream: String, type: String,
        payload: String, metadata: String
    ) {
        self.seq = seq
        self.version = version
        self.recordedMicroseconds = recordedMicroseconds
        self.schemaVersion = schemaVersion
        self.stream = stream
        self.type = type
        self.payload = payload
        self.metadata = metadata
    }

    enum CodingKeys: String, CodingKey {
        case seq, version, stream, type, payload, metadata
        case recordedMicroseconds = "recorded_us"
        case schemaVersion = "schema_version"
    }
}

/// That the tree of a signed checkpoint begins with a smaller one.
package struct ConsistencyProofResource: Codable, Hashable, Sendable {
    package let fromSize: Int64
    /// The root of the smaller tree, as the server knows it: compare it with a checkpoint that was kept.
    package let fromRoot: String
    package let treeSize: Int64
    /// RFC 6962, section 2.1.2.
    package let path: [String]
    /// The newer checkpoint's signed note.
    package let checkpoint: String

    package init(fromSize: Int64, fromRoot: String, treeSize: Int64, path: [String], checkpoint: String) {
        self.fromSize = fromSize
        self.fromRoot = fromRoot
        self.treeSize = treeSize
        self.path = path
        self.checkpoint = checkpoint
    }

    enum CodingKeys: String, CodingKey {
        case path, checkpoint
        case fromSize = "from_size"
        case fromRoot = "from_root"
        case treeSize = "tree_size"
    }
}

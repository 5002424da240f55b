import EventSourcing
package import FoundationEssentials

/// The first line of a bundle (docs/audit-bundle.md): what it is of, and what was asked for.
///
/// Nothing in it is trusted: the verifier takes from it what the bundle must hold, and signatures decide.
package struct BundleHeader: Codable, Hashable, Sendable {
    package static let currentFormat = 1

    /// The version of the format.
    package let format: Int
    package let origin: String
    package let store: UUID
    /// The bundle reaches to the event with this seq, where its last checkpoint is.
    package let treeSize: Int64
    /// The number of its last checkpoint.
    package let checkpoint: Int64
    /// When the export began, by the server's clock.
    package let exportedAt: Date
    /// Which events are in it with their content; nil means all. Of the others it holds the leaf hashes.
    package let filter: BundleFilter?

    package init(
        origin: String, store: UUID, treeSize: Int64, checkpoint: Int64, exportedAt: Date, filter: BundleFilter?
    ) {
        format = Self.currentFormat
        self.origin = origin
        self.store = store
        self.treeSize = treeSize
        self.checkpoint = checkpoint
        self.exportedAt = exportedAt.wholeMilliseconds
        self.filter = filter
    }

    enum CodingKeys: String, CodingKey {
        case format = "weir_audit_bundle"
        case origin, store, checkpoint, filter
        case treeSize = "tree_size"
        case exportedAt = "exported_at"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        format = try container.decode(Int.self, forKey: .format)
        origin = try container.decode(String.self, forKey: .origin)
        store = try container.decode(UUID.self, forKey: .store)
        treeSize = try container.decode(Int64.self, forKey: .treeSize)
        checkpoint = try container.decode(Int64.self, forKey: .checkpoint)
        exportedAt = try Checkpoint.time(of: container.decode(String.self, forKey: .exportedAt))
        filter = try container.decodeIfPresent(BundleFilter.self, forKey: .filter)
    }

    /// Reads the line, without its line feed.
    package init(line: [UInt8]) throws {
        self = try JSONDecoder().decode(BundleHeader.self, from: Data(line))
    }

    /// The line, without its line feed.
    package var line: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // The name that tells the format stands first: sorted keys would put it last.
            let rest = String(decoding: try encoder.encode(Rest(self)), as: UTF8.self).dropFirst()
            return "{\"\(CodingKeys.format.rawValue)\":\(format),\(rest)"
        }
    }

    private struct Rest: Encodable {
        let origin: String
        let store: String
        let tree_size: Int64
        let checkpoint: Int64
        let exported_at: String
        let filter: BundleFilter?

        init(_ header: BundleHeader) {
            origin = header.origin
            store = header.store.uuidString.lowercased()
            tree_size = header.treeSize
            checkpoint = header.checkpoint
            exported_at = Checkpoint.text(of: header.exportedAt)
            filter = header.filter
        }
    }
}

/// Which events a bundle holds with their content; what is nil does not narrow.
package struct BundleFilter: Codable, Hashable, Sendable {
    /// From this time on.
    package var since: Date?
    /// Before this time.
    package var until: Date?
    /// A stream's name, as in `run-0192…`.
    package var stream: String?
    /// A principal: `user:ada`.
    package var actor: String?
    /// An event type: `run.requested`.
    package var type: String?

    package init(
        since: Date? = nil, until: Date? = nil, stream: String? = nil, actor: String? = nil, type: String? = nil
    ) {
        self.since = since
        self.until = until
        self.stream = stream
        self.actor = actor
        self.type = type
    }

    package var isEmpty: Bool { self == BundleFilter() }

    /// Whether it takes whole streams: then their versions must be gapless in the bundle, too.
    package var takesWholeStreams: Bool { since == nil && until == nil && actor == nil && type == nil }

    enum CodingKeys: String, CodingKey { case since, until, stream, actor, type }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func time(_ key: CodingKeys) throws -> Date? {
            guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
            return try Checkpoint.time(of: text)
        }
        since = try time(.since)
        until = try time(.until)
        stream = try container.decodeIfPresent(String.self, forKey: .stream)
        actor = try container.decodeIfPresent(String.self, forKey: .actor)
        type = try container.decodeIfPresent(String.self, forKey: .type)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(since.map(Checkpoint.text), forKey: .since)
        try container.encodeIfPresent(until.map(Checkpoint.text), forKey: .until)
        try container.encodeIfPresent(stream, forKey: .stream)
        try container.encodeIfPresent(actor, forKey: .actor)
        try container.encodeIfPresent(type, forKey: .type)
    }

    /// For people and for the log.
    package var description: String {
        [
            since.map { "since \(Checkpoint.text(of: $0))" }, until.map { "until \(Checkpoint.text(of: $0))" },
            stream.map { "stream \($0)" }, actor.map { "actor \($0)" }, type.map { "type \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

/// Lines of a bundle.
package struct BundlePiece: Sendable {
    package let text: String
    /// The lines reach to the event with this seq.
    package let lastSeq: Int64

    package init(text: String, lastSeq: Int64) {
        self.text = text
        self.lastSeq = lastSeq
    }
}

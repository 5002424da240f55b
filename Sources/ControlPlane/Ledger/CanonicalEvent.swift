package import Cryptography

/// An event as it is hashed: every field that the log keeps, with the texts byte for byte.
///
/// The leaf hash is SHA-256 of one zero byte (RFC 6962, section 2.1) and, in UTF-8 and separated by line feeds: seq,
/// version, recorded time in microseconds since 1970, schema version, stream, type, the length of the payload in bytes;
/// then payload and metadata. No stream or type holds a line feed, and the length parts payload and metadata, so that
/// two different events never have the same bytes.
package struct CanonicalEvent: Codable, Hashable, Sendable {
    package let seq: Int64
    package let version: Int64
    /// Microseconds since 1970-01-01 UTC.
    package let recordedMicroseconds: Int64
    package let schemaVersion: Int64
    package let stream: String
    package let type: String
    /// A JSON object's text.
    package let payload: String
    /// A JSON object's text.
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

    /// The hash of this event as a leaf of the tree.
    package var leafHash: SHA256Digest {
        let head = "\(seq)\n\(version)\n\(recordedMicroseconds)\n\(schemaVersion)\n\(stream)\n\(type)\n"
        let length = "\(payload.utf8.count)\n"
        return SHA256Digest(of: [0] + Array((head + length + payload + metadata).utf8))
    }
}

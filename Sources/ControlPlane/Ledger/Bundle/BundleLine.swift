import Cryptography

/// One line of a bundle (docs/audit-bundle.md), read.
enum BundleLine: Sendable {
    case header(BundleHeader)
    /// The leaf hashes of the events from `first` on, as they were sealed.
    case sealed(first: Int64, leaves: [SHA256Digest])
    case block(LogBlock)
    case event(BundleEvent)
    case checkpoint(number: Int64, note: String)
    /// The line is in none of these forms; nothing after it was read.
    case malformed(String)
}

/// What the verifier needs of an event's line.
struct BundleEvent: Sendable {
    let seq: Int64
    let version: Int64
    let recordedMicroseconds: Int64
    /// Tells streams apart.
    let stream: UInt128
    /// Computed from the line.
    let leaf: SHA256Digest
}

/// Reads whole lines of a bundle. Members stand in the order that the format prescribes, without white space: what is
/// hashed has one form only, and nothing in a line is passed over.
struct BundleLineReader: ~Copyable {
    private var scanner: LineScanner
    private var hasher = SHA256Hasher()
    private var head: [UInt8] = []
    private var payload: [UInt8] = []
    private var metadata: [UInt8] = []

    private init(_ bytes: [UInt8]) {
        scanner = LineScanner(bytes)
    }

    /// - Parameter bytes: Whole lines, each with its line feed.
    static func lines(of bytes: [UInt8]) -> [BundleLine] {
        var reader = BundleLineReader(bytes)
        var lines: [BundleLine] = []
        while !reader.scanner.isAtEnd {
            do throws(MalformedLine) {
                lines.append(try reader.line())
            } catch {
                lines.append(.malformed(error.reason))
                break
            }
        }
        return lines
    }

    private mutating func line() throws(MalformedLine) -> BundleLine {
        guard scanner.position + 3 < scanner.bytes.count else { throw MalformedLine(reason: "it is cut off") }
        let line: BundleLine
        switch scanner.bytes[scanner.position + 2] {
        case UInt8(ascii: "e"): line = .event(try event())
        case UInt8(ascii: "s"): line = try sealed()
        case UInt8(ascii: "b"): line = .block(try block())
        case UInt8(ascii: "c"): line = try checkpoint()
        default: return .header(try header())
        }
        try scanner.expect("\n")
        return line
    }

    private mutating func event() throws(MalformedLine) -> BundleEvent {
        head.removeAll(keepingCapacity: true)
        payload.removeAll(keepingCapacity: true)
        metadata.removeAll(keepingCapacity: true)
        head.append(0)
        try scanner.expect("{\"event\":")
        let seq = try scanner.number(into: &head)
        try scanner.expect(",\"version\":")
        let version = try scanner.number(into: &head)
        try scanner.expect(",\"recorded_us\":")
        let recorded = try scanner.number(into: &head)
        try scanner.expect(",\"schema_version\":")
        _ = try scanner.number(into: &head)
        try scanner.expect(",\"stream\":")
        let streamStart = head.count
        try scanner.string(into: &head)
        let stream = SHA256Digest(of: head[streamStart...]).first128Bits
        head.append(10)
        try scanner.expect(",\"type\":")
        try scanner.string(into: &head)
        head.append(10)
        try scanner.expect(",\"payload\":")
        try scanner.string(into: &payload)
        try scanner.expect(",\"metadata\":")
        try scanner.string(into: &metadata)
        try scanner.expect("}")
        head.append(contentsOf: "\(payload.count)\n".utf8)
        hasher.update(head, 0..<head.count)
        hasher.update(payload, 0..<payload.count)
        hasher.update(metadata, 0..<metadata.count)
        return BundleEvent(
            seq: seq, version: version, recordedMicroseconds: recorded, stream: stream, leaf: hasher.digest())
    }

    private mutating func sealed() throws(MalformedLine) -> BundleLine {
        try scanner.expect("{\"sealed\":")
        let first = try scanner.number()
        try scanner.expect(",\"leaves\":")
        let leaves = try scanner.digests()
        try scanner.expect("}")
        guard !leaves.isEmpty else { throw MalformedLine(reason: "it seals nothing") }
        return .sealed(first: first, leaves: leaves)
    }

    private mutating func block() throws(MalformedLine) -> LogBlock {
        try scanner.expect("{\"block\":")
        let block = try scanner.number()
        try scanner.expect(",\"first\":")
        let first = try scanner.number()
        try scanner.expect(",\"last\":")
        let last = try scanner.number()
        try scanner.expect(",\"recorded_us\":")
        let recorded = try scanner.number()
        try scanner.expect(",\"previous\":")
        let previous = try scanner.digests()
        try scanner.expect(",\"hash\":")
        let hash = try scanner.digests()
        try scanner.expect("}")
        guard previous.count == 1, hash.count == 1 else { throw MalformedLine(reason: "a hash has 32 bytes") }
        return LogBlock(
            number: block, firstSeq: first, lastSeq: last, recordedMicroseconds: recorded, previousHash: previous[0],
            hash: hash[0])
    }

    private mutating func checkpoint() throws(MalformedLine) -> BundleLine {
        try scanner.expect("{\"checkpoint\":")
        let number = try scanner.number()
        try scanner.expect(",\"note\":")
        payload.removeAll(keepingCapacity: true)
        try scanner.string(into: &payload)
        try scanner.expect("}")
        return .checkpoint(number: number, note: String(decoding: payload, as: UTF8.self))
    }

    private mutating func header() throws(MalformedLine) -> BundleHeader {
        guard let header = try? BundleHeader(line: scanner.restOfLine()) else {
            throw MalformedLine(reason: "it is no line of a bundle")
        }
        guard header.format == BundleHeader.currentFormat else {
            throw MalformedLine(
                reason: "the bundle's format is \(header.format), this program knows \(BundleHeader.currentFormat)")
        }
        return header
    }
}

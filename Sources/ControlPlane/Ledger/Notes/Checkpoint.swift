package import Cryptography
import EventSourcing
package import FoundationEssentials

/// What the sealer signs: how many events the log had at a time, and the root of the tree over them.
///
/// The text is C2SP tlog-checkpoint: origin, tree size, root hash in base64; and as extension lines, each a name and its
/// values, `checkpoint NUMBER`, `time RFC3339`, `block NUMBER BASE64`, `store UUID` and `next SECONDS`.
package struct Checkpoint: Hashable, Sendable {
    /// Names this log.
    package let origin: String
    /// The tree covers the events with seq 1 to `size`.
    package let size: Int64
    package let root: SHA256Digest
    /// Counts checkpoints, from 1, without gaps.
    package let number: Int64
    /// When the log had this size, by the database's clock, in whole milliseconds.
    package let time: Date
    /// The block that ends with the event `size`, and its hash.
    package let block: Int64
    package let blockHash: SHA256Digest
    /// The identity of the store; another one after a restore.
    package let store: UUID
    /// The next checkpoint follows within so many seconds, also when nothing happens.
    package let nextWithin: Int

    package init(
        origin: String, size: Int64, root: SHA256Digest, number: Int64, time: Date, block: Int64,
        blockHash: SHA256Digest, store: UUID, nextWithin: Int
    ) {
        self.origin = origin
        self.size = size
        self.root = root
        self.number = number
        self.time = time.wholeMilliseconds
        self.block = block
        self.blockHash = blockHash
        self.store = store
        self.nextWithin = nextWithin
    }

    /// Reads a note that one of the keys has signed.
    ///
    /// - Throws: `MalformedNote`, also when none of them has.
    package init(note text: String, signedByOneOf keys: [VerifierKey]) throws(MalformedNote) {
        let note = try SignedNote(text)
        guard try !note.signers(among: keys).isEmpty else {
            throw MalformedNote(reason: "none of the given keys has signed it")
        }
        try self.init(text: note.text)
    }

    /// An origin is one line that is not empty.
    package static func isOrigin(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    }

    /// What is signed.
    package var text: String {
        [
            origin, "\(size)", root.base64, "checkpoint \(number)", "time \(Self.text(of: time))",
            "block \(block) \(blockHash.base64)", "store \(store.uuidString.lowercased())", "next \(nextWithin)",
        ].joined(separator: "\n") + "\n"
    }

    /// Reads what was signed.
    ///
    /// - Throws: `MalformedNote`.
    package init(text: String) throws(MalformedNote) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.count >= 3, Self.isOrigin(String(lines[0])), let size = Int64(lines[1]), size > 0,
            let root = SHA256Digest(base64: lines[2])
        else { throw MalformedNote(reason: "it does not begin with origin, tree size and root hash") }
        func values(_ name: String) throws(MalformedNote) -> [Substring] {
            let found = lines.dropFirst(3).filter { $0.hasPrefix(name + " ") }
            guard found.count == 1 else { throw MalformedNote(reason: "it has no line, or several, “\(name) …”") }
            return found[found.startIndex].split(separator: " ", omittingEmptySubsequences: false).dropFirst().map {
                $0
            }
        }
        let block = try values("block")
        guard let number = try values("checkpoint").first.flatMap({ Int64($0) }),
            let time = try values("time").first.flatMap({ try? Self.time(of: String($0)) }),
            block.count == 2, let blockNumber = Int64(block[0]), let blockHash = SHA256Digest(base64: block[1]),
            let store = try values("store").first.flatMap({ UUID(uuidString: String($0)) }),
            let next = try values("next").first.flatMap({ Int($0) })
        else { throw MalformedNote(reason: "an extension line is malformed") }
        self.init(
            origin: String(lines[0]), size: size, root: root, number: number, time: time, block: blockNumber,
            blockHash: blockHash, store: store, nextWithin: next)
    }

    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// - Throws: When the text is not as `text(of:)` writes it.
    static func time(of text: String) throws -> Date { try timeStyle.parse(text).wholeMilliseconds }

    /// RFC 3339 in UTC with milliseconds.
    package static func text(of time: Date) -> String {
        // The format cuts off what is finer than a millisecond, also where a Double is a little below one.
        (time.wholeMilliseconds + 0.000_5).formatted(timeStyle)
    }
}

extension SHA256Digest {
    /// RFC 4648, section 4.
    package var base64: String { Data(bytes).base64EncodedString() }

    package init?(base64 text: some StringProtocol) {
        guard let bytes = [UInt8](base64: text) else { return nil }
        self.init(bytes: bytes)
    }
}

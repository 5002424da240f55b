package import Cryptography

/// What was found in a bundle that is right.
package struct VerificationReport: Sendable {
    package var header: BundleHeader?
    package var lines: Int64 = 0
    /// Events that are there with their content.
    package var events: Int64 = 0
    /// Events of which only the leaf hash is there.
    package var omitted: Int64 = 0
    package var blocks: Int64 = 0
    package var checkpoints: Int64 = 0
    package var streams: Int64 = 0
    /// Checkpoints of the witness that agree.
    package var witnessed: Int64 = 0
    /// Those that were signed after the bundle was exported: about them it says nothing.
    package var witnessedLater: Int64 = 0
    package var last: Checkpoint?
    /// The longest time between two checkpoints, in seconds.
    package var longestGap: Double = 0
    /// The leaf hash of the event that was asked for.
    package var asked: SHA256Digest?
    /// What is not wrong, and what an auditor asks about: the first of them.
    package private(set) var remarks: [String] = []
    /// How many there are.
    package private(set) var remarkCount = 0

    package static let mostRemarks = 100

    mutating func remark(_ text: String) {
        remarkCount += 1
        if remarks.count < Self.mostRemarks { remarks.append(text) }
    }
}

/// Verifies a whole bundle that is read piece by piece.
package enum BundleVerification {
    /// - Parameters:
    ///   - next: The next bytes of the file, at most some MiB; nil at its end.
    ///   - progress: Is told now and then how many of how many events are done.
    /// - Throws: `LedgerFault`, the first one; or what `next` throws.
    package static func run(
        _ expectation: BundleExpectation, progress: (_ seq: Int64, _ of: Int64) -> Void = { _, _ in },
        next: () throws -> [UInt8]?
    ) async throws -> VerificationReport {
        var verifier = BundleVerifier(expectation)
        var pieces = LinePieces()
        var done: [[BundleLine]] = []
        repeat {
            var batch: [[UInt8]] = []
            while batch.count < width, let piece = try pieces.next(next) { batch.append(piece) }
            // These pieces are read while those before are held against tree and chain.
            done = try await read(batch) {
                for line in done.joined() { try verifier.take(line) }
            }
            progress(verifier.progress.seq, verifier.progress.of)
        } while !done.isEmpty
        return try verifier.finish()
    }

    /// How many pieces are read at the same time.
    private static let width = 2

    /// Reads the lines of each piece, and does something else meanwhile.
    private static func read(_ pieces: [[UInt8]], meanwhile: () throws -> Void) async throws -> [[BundleLine]] {
        try await withThrowingTaskGroup(of: (Int, [BundleLine]).self) { group in
            for (index, piece) in pieces.enumerated() {
                group.addTask { (index, BundleLineReader.lines(of: piece)) }
            }
            try meanwhile()
            var lines = [[BundleLine]](repeating: [], count: pieces.count)
            for try await (index, read) in group { lines[index] = read }
            return lines
        }
    }
}

/// Parts a file that is read piece by piece at the ends of lines.
private struct LinePieces {
    private var rest: [UInt8] = []
    /// The longest line: a payload of 1 MiB, each byte of it escaped, and what stands around it.
    private static let longestLine = 16 << 20

    /// Whole lines; nil at the end. The last line may lack its line feed.
    mutating func next(_ read: () throws -> [UInt8]?) throws -> [UInt8]? {
        while true {
            guard let bytes = try read() else {
                defer { rest = [] }
                return rest.isEmpty ? nil : rest
            }
            guard let end = bytes.lastIndex(of: 10) else {
                rest += bytes
                guard rest.count <= Self.longestLine else {
                    throw LedgerFault(.format, seq: nil, "a line is longer than any of a bundle")
                }
                continue
            }
            let piece = rest + bytes[...end]
            rest = Array(bytes[(end + 1)...])
            return piece
        }
    }
}

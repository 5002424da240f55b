import Cryptography
package import FoundationEssentials

/// What an auditor trusts, and asks for.
package struct BundleExpectation: Sendable {
    /// A checkpoint counts when one of them has signed it.
    package var keys: [VerifierKey]
    /// The log's name; nil takes any.
    package var origin: String?
    /// Checkpoints that were kept elsewhere.
    package var witnessed: [Checkpoint]
    /// When the bundle was exported: what the witness had by then must be in it. Nil takes the bundle's own word.
    package var exportedAt: Date?
    /// An event whose presence is asked for.
    package var seq: Int64?

    /// How long a checkpoint may have been under way when an export began.
    static let underWay = 60.0

    package init(
        keys: [VerifierKey], origin: String? = nil, witnessed: [Checkpoint] = [], exportedAt: Date? = nil,
        seq: Int64? = nil
    ) {
        self.keys = keys
        self.origin = origin
        self.witnessed = witnessed
        self.exportedAt = exportedAt
        self.seq = seq
    }
}

/// Verifies a bundle line by line, with nothing but what the auditor trusts: a fold that stops at the first fault.
///
/// Memory is bounded but for some 50 bytes for each stream, whose versions must be gapless.
struct BundleVerifier: Sendable {
    private let expectation: BundleExpectation
    private var header: BundleHeader?
    private var chain = LogChain()
    /// The sealed leaves that the next events are compared with.
    private var sealed: (first: Int64, leaves: [SHA256Digest]) = (1, [])
    private var versions: [UInt128: Int64] = [:]
    private var checkpoints = CheckpointHistory()
    /// Witnessed checkpoints that the tree has not reached, the largest first.
    private var witnessed: [Checkpoint]
    private(set) var report = VerificationReport()

    init(_ expectation: BundleExpectation) {
        self.expectation = expectation
        witnessed = expectation.witnessed.sorted { $0.size > $1.size }
    }

    /// How many of how many events have been taken.
    var progress: (seq: Int64, of: Int64) { (chain.frontier.size, header?.treeSize ?? 0) }

    mutating func take(_ line: BundleLine) throws(LedgerFault) {
        report.lines += 1
        if case .header(let header) = line { return try begin(header) }
        guard let header else {
            throw LedgerFault(.format, seq: nil, "the file does not begin with a bundle's header")
        }
        switch line {
        case .header: break
        case .sealed(let first, let leaves):
            try pass(before: sealed.first + Int64(sealed.leaves.count), header)
            guard first == chain.nextSeq else {
                throw LedgerFault(.missing, seq: chain.nextSeq, "the sealed leaf of this event is not in the bundle")
            }
            sealed = (first, leaves)
        case .block(let block):
            try pass(before: block.firstSeq, header)
            try chain.begin(block)
            report.blocks += 1
        case .event(let event):
            try pass(before: event.seq, header)
            try take(event, header)
        case .checkpoint(let number, let note):
            try pass(before: sealed.first + Int64(sealed.leaves.count), header)
            let checkpoint = try checkpoints.take(number, note, chain, expectation, &report)
            report.last = checkpoint
        case .malformed(let reason):
            throw LedgerFault(.format, seq: chain.nextSeq, "line \(report.lines) cannot be read: \(reason)")
        }
    }

    private mutating func begin(_ header: BundleHeader) throws(LedgerFault) {
        guard self.header == nil, report.lines == 1 else {
            throw LedgerFault(.format, seq: chain.nextSeq, "line \(report.lines) is a second header")
        }
        guard header.filter?.isEmpty != true else {
            throw LedgerFault(.format, seq: nil, "the header says that the bundle is narrowed, and not to what")
        }
        self.header = header
        report.header = header
    }

    /// Takes the sealed leaves of events that a filter has left out.
    private mutating func pass(before seq: Int64, _ header: BundleHeader) throws(LedgerFault) {
        while chain.nextSeq < seq {
            guard let leaf = sealedLeaf else { return try requireSealed() }
            guard header.filter != nil else {
                throw LedgerFault(.missing, seq: chain.nextSeq, "the event was sealed, and is not in the bundle")
            }
            try append(leaf)
            report.omitted += 1
        }
    }

    private mutating func take(_ event: BundleEvent, _ header: BundleHeader) throws(LedgerFault) {
        guard event.seq == chain.nextSeq else {
            throw LedgerFault(.order, seq: chain.nextSeq, "seq \(event.seq) stands where this event belongs")
        }
        guard let leaf = sealedLeaf else { return try requireSealed() }
        guard leaf == event.leaf else {
            throw LedgerFault(.event, seq: event.seq, "the event is not the one that was sealed")
        }
        if let block = chain.current, block.recordedMicroseconds != event.recordedMicroseconds {
            throw LedgerFault(.block, seq: event.seq, "the time of block \(block.number) is not that of its events")
        }
        if header.filter?.takesWholeStreams ?? true {
            let expected = versions[event.stream, default: 0] + 1
            guard event.version == expected else {
                throw LedgerFault(
                    .order, seq: event.seq, "version \(event.version) stands in its stream where \(expected) belongs")
            }
            versions[event.stream] = expected
        }
        checkpoints.note(recorded: event.recordedMicroseconds, seq: event.seq, &report)
        try append(leaf)
        report.events += 1
        if event.seq == expectation.seq { report.asked = leaf }
    }

    private var sealedLeaf: SHA256Digest? {
        let index = Int(chain.nextSeq - sealed.first)
        return sealed.leaves.indices.contains(index) ? sealed.leaves[index] : nil
    }

    private func requireSealed() throws(LedgerFault) {
        throw LedgerFault(.missing, seq: chain.nextSeq, "the sealed leaf of this event is not in the bundle")
    }

    private mutating func append(_ leaf: SHA256Digest) throws(LedgerFault) {
        try chain.append(leaf)
        while let next = witnessed.last, next.size <= chain.frontier.size {
            witnessed.removeLast()
            guard next.root == chain.frontier.root else {
                throw LedgerFault(
                    .witness, seq: nil,
                    "the witness's checkpoint \(next.number) of \(next.size) events is not consistent with this bundle of "
                        + "\(header?.treeSize ?? 0) events: it has seen others among the first \(next.size)")
            }
            report.witnessed += 1
        }
    }

    /// The end of the file.
    mutating func finish() throws(LedgerFault) -> VerificationReport {
        guard let header else { throw LedgerFault(.format, seq: nil, "the file is empty") }
        guard chain.frontier.size == header.treeSize, chain.isAtBlockEnd else {
            throw LedgerFault(
                .missing, seq: chain.nextSeq, "the bundle should reach to seq \(header.treeSize); export it again")
        }
        guard let last = report.last, last.size == header.treeSize, last.number == header.checkpoint else {
            throw LedgerFault(
                .checkpoint, seq: (report.last?.size ?? 0) + 1,
                "checkpoint \(header.checkpoint) of \(header.treeSize) events is not in the bundle")
        }
        let exportedAt = expectation.exportedAt ?? header.exportedAt
        for ahead in expectation.witnessed where ahead.number > last.number || ahead.size > last.size {
            guard ahead.time + BundleExpectation.underWay < exportedAt else {
                report.witnessedLater += 1
                continue
            }
            throw LedgerFault(
                .witness, seq: ahead.size > last.size ? last.size + 1 : nil,
                "the witness's checkpoint \(ahead.number) of \(ahead.size) events was signed at "
                    + "\(Checkpoint.text(of: ahead.time)), before the bundle was exported "
                    + "(\(Checkpoint.text(of: exportedAt))); it is not consistent with the bundle, which ends with "
                    + "checkpoint \(last.number) of \(last.size) events: the log was cut")
        }
        if let seq = expectation.seq, report.asked == nil {
            let what = seq <= header.treeSize && seq > 0 ? "only as a hash: the filter left it out" : "not at all"
            throw LedgerFault(.missing, seq: seq, "the event that was asked for is in the bundle \(what)")
        }
        report.streams = Int64(versions.count)
        return report
    }
}

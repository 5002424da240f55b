import Cryptography
import FoundationEssentials

/// The checkpoints of a bundle, each held against the tree and against the one before.
struct CheckpointHistory: Sendable {
    private var last: Checkpoint?
    private var firstRecorded: Int64?
    private var lastRecorded: Int64 = .min

    /// How much later than promised a checkpoint may come, and how far clocks and commits may lag, unremarked.
    private static let grace = 60.0

    /// Takes the next checkpoint, at the place in the log that it is of.
    mutating func take(
        _ number: Int64, _ text: String, _ chain: LogChain, _ expectation: BundleExpectation,
        _ report: inout VerificationReport
    ) throws(LedgerFault) -> Checkpoint {
        let first = (last?.size ?? 0) + 1
        let checkpoint: Checkpoint
        do throws(MalformedNote) {
            checkpoint = try Checkpoint(note: text, signedByOneOf: expectation.keys)
        } catch {
            throw LedgerFault(.checkpoint, seq: first, "checkpoint \(number): \(error)")
        }
        let follows = (last?.number ?? 0) + 1
        guard checkpoint.number == number, number == follows else {
            throw LedgerFault(
                .checkpoint, seq: first, "checkpoint \(checkpoint.number) stands where checkpoint \(follows) belongs")
        }
        guard checkpoint.size == chain.frontier.size, checkpoint.root == chain.frontier.root else {
            throw LedgerFault(
                .tree, seq: first,
                "checkpoint \(number) was signed over other events: one of seq \(first) to \(chain.frontier.size) "
                    + "(it says \(checkpoint.size)) is not what was signed")
        }
        guard chain.isAtBlockEnd, checkpoint.block == chain.block, checkpoint.blockHash == chain.blockHash else {
            throw LedgerFault(.block, seq: first, "checkpoint \(number) was signed over other blocks")
        }
        guard expectation.origin == nil || expectation.origin == checkpoint.origin else {
            throw LedgerFault(.checkpoint, seq: first, "checkpoint \(number) is of the log “\(checkpoint.origin)”")
        }
        try compare(checkpoint, first, &report)
        report.checkpoints += 1
        last = checkpoint
        return checkpoint
    }

    private func compare(
        _ checkpoint: Checkpoint, _ first: Int64, _ report: inout VerificationReport
    ) throws(LedgerFault) {
        let name = "checkpoint \(checkpoint.number)"
        if Double(lastRecorded) / 1_000_000 > checkpoint.time.timeIntervalSince1970 + Self.grace {
            report.remark("\(name) of \(checkpoint.size) events is older than its last event")
        }
        guard let last else {
            if let firstRecorded, checkpoint.time.timeIntervalSince1970 > Double(firstRecorded) / 1_000_000 + 3_600 {
                report.remark(
                    "the log was first sealed at \(Checkpoint.text(of: checkpoint.time)), more than an hour after its first "
                        + "event: until then nothing held it fast")
            }
            return
        }
        guard checkpoint.time >= last.time else {
            throw LedgerFault(.checkpoint, seq: first, "\(name) is older than the one before")
        }
        let gap = checkpoint.time.timeIntervalSince(last.time)
        report.longestGap = max(report.longestGap, gap)
        if gap > Double(last.nextWithin) + Self.grace {
            report.remark(
                "no checkpoint from \(Checkpoint.text(of: last.time)) to \(Checkpoint.text(of: checkpoint.time)), "
                    + "though \(last.nextWithin) s were promised: for that time quiet is not proved")
        }
        if checkpoint.store != last.store {
            report.remark("the store's epoch changed before \(name): the store was restored")
        }
        if checkpoint.origin != last.origin { report.remark("the log's name changed before \(name)") }
    }

    /// An event's time must not lie before that of the event before, nor well before a checkpoint that it is not in.
    mutating func note(recorded: Int64, seq: Int64, _ report: inout VerificationReport) {
        if recorded < lastRecorded {
            report.remark("seq \(seq) was recorded with a time before that of an earlier event")
        }
        firstRecorded = firstRecorded ?? recorded
        lastRecorded = max(lastRecorded, recorded)
        guard let last, Double(recorded) / 1_000_000 < last.time.timeIntervalSince1970 - Self.grace else { return }
        report.remark("seq \(seq) has a time before checkpoint \(last.number), which does not hold it")
    }
}

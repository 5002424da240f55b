import Cryptography
import Domain
import EventSourcing
import FoundationEssentials

/// The tree as one sealer has built it, and the last checkpoint.
struct Sealing: Sendable {
    private let ledger: any LedgerStore
    private let plan: SealingPlan
    private var chain: LogChain
    private var last: Checkpoint?
    /// By how much the database's clock is ahead of this machine's, in seconds, as of the last look.
    private(set) var clockDifference: Double = 0

    var size: Int64 { chain.frontier.size }
    /// The number of the last checkpoint; 0 before the first.
    var number: Int64 { last?.number ?? 0 }

    private init(_ ledger: any LedgerStore, _ plan: SealingPlan, _ chain: LogChain, last: Checkpoint?) {
        self.ledger = ledger
        self.plan = plan
        self.chain = chain
        self.last = last
    }

    /// Takes up the tree where the newest checkpoint left it.
    ///
    /// - Throws: `LedgerFault` where the stored tree is not what that checkpoint says, or no key of the plan signed it: to
    ///   go on from another's checkpoint would be to vouch for it.
    static func resume(_ ledger: any LedgerStore, _ plan: SealingPlan) async throws -> Sealing {
        guard let kept = try await ledger.checkpoint(treeSize: nil) else {
            return Sealing(ledger, plan, LogChain(), last: nil)
        }
        let last = try checkpoint(of: kept, plan)
        let roots = try await ledger.roots(of: Subtree.covering(0..<last.size))
        guard let frontier = MerkleFrontier(size: last.size, peaks: roots), frontier.root == last.root else {
            throw LedgerFault(.tree, seq: nil, "the stored tree of \(last.size) events is not that of its checkpoint")
        }
        let chain = LogChain(frontier: frontier, block: last.block, blockHash: last.blockHash)
        return Sealing(ledger, plan, chain, last: last)
    }

    /// What a kept checkpoint's note says.
    private static func checkpoint(of kept: KeptCheckpoint, _ plan: SealingPlan) throws(LedgerFault) -> Checkpoint {
        let last: Checkpoint
        do throws(MalformedNote) {
            last = try Checkpoint(note: kept.note, signedByOneOf: plan.keys.map(\.verifier))
        } catch {
            throw LedgerFault(
                .checkpoint, seq: nil,
                "checkpoint \(kept.number): \(error); while keys are changed, the old one is given beside the new one")
        }
        guard last.size == kept.size, last.number == kept.number, last.root == kept.root else {
            throw LedgerFault(.checkpoint, seq: nil, "checkpoint \(kept.number) is not the one that its note says")
        }
        return last
    }

    /// Signs a checkpoint, when one is due.
    ///
    /// - Returns: False when none is.
    /// - Throws: `LedgerFault` where the log does not follow from what was sealed: nothing is signed then.
    mutating func seal(_ fence: LeaseFence) async throws -> Bool {
        let tip = try await ledger.tip()
        clockDifference = tip.time.timeIntervalSince(plan.now())
        guard tip.lastSeq >= size else {
            throw LedgerFault(
                .missing, seq: tip.lastSeq + 1, "the log ends at seq \(tip.lastSeq); \(size) events were sealed")
        }
        guard tip.lastSeq > 0, isDue(tip) else { return false }
        var target = tip.lastSeq
        if target - size > Sealer.step {
            guard let end = try await ledger.endOfBlock(holding: size + Sealer.step) else {
                throw LedgerFault(.block, seq: size + Sealer.step, "no block tells of this event")
            }
            target = end
        }
        var growth = Growth(chain: chain)
        if target > size {
            let leaves = try await ledger.leaves(after: size, through: target)
            growth = try Growth(chain, leaves, try await ledger.blocks(after: size, through: target), through: target)
        }
        let (checkpoint, kept) = try sign(growth.chain, of: target, tip)
        try await ledger.keep(Seal(checkpoint: kept, leaves: growth.leaves, nodes: growth.nodes), fence: fence)
        chain = growth.chain
        last = checkpoint
        return true
    }

    private func sign(
        _ chain: LogChain, of target: Int64, _ tip: LogTip
    ) throws -> (checkpoint: Checkpoint, kept: KeptCheckpoint) {
        let checkpoint = Checkpoint(
            origin: plan.origin ?? "weir/\(tip.store.lowercasedText)", size: target, root: chain.frontier.root,
            number: (last?.number ?? 0) + 1, time: max(tip.time, last?.time ?? tip.time), block: chain.block,
            blockHash: chain.blockHash, store: tip.store, nextWithin: Int(plan.quietInterval.components.seconds))
        let note = try SignedNote(checkpoint.text, keys: plan.keys)
        let kept = KeptCheckpoint(
            number: checkpoint.number, size: checkpoint.size, root: checkpoint.root, signedAt: checkpoint.time,
            note: "\(note)")
        return (checkpoint, kept)
    }

    private func isDue(_ tip: LogTip) -> Bool {
        guard let last else { return true }
        let interval = tip.lastSeq > size ? plan.interval : plan.quietInterval
        // Much that is not yet sealed is sealed without waiting.
        return tip.lastSeq - size > Sealer.step / 2 || tip.time >= last.time + interval.seconds
    }

    func timeUntilCheckpoint(_ now: Date) -> Duration { remaining(plan.interval, now) }
    func timeUntilQuietCheckpoint(_ now: Date) -> Duration { remaining(plan.quietInterval, now) }

    /// By this machine's clock, as far as it differs from the database's: only how long is slept depends on it. Never so
    /// long that a wrong clock matters.
    private func remaining(_ interval: Duration, _ now: Date) -> Duration {
        guard let last else { return .seconds(1) }
        let seconds = (last.time + interval.seconds).timeIntervalSince(now + clockDifference)
        return .milliseconds(Int(min(max(seconds * 1_000, 5), min(interval.seconds * 1_000, 60_000)).rounded(.up)))
    }
}

/// What the chain grows by. Made in a synchronous function: as a loop within an asynchronous one, between awaits, it broke
/// the task's stack in optimised builds (Swift 6.3).
private struct Growth {
    private(set) var chain: LogChain
    private(set) var leaves: [SHA256Digest] = []
    private(set) var nodes: [(subtree: Subtree, hash: SHA256Digest)] = []

    init(chain: LogChain) {
        self.chain = chain
    }

    /// - Throws: `LedgerFault` where the leaves are not what the blocks tell.
    init(
        _ chain: LogChain, _ leaves: [SHA256Digest], _ blocks: [LogBlock], through target: Int64
    ) throws(LedgerFault) {
        self.chain = chain
        self.leaves = leaves
        var rest = blocks[...]
        for leaf in leaves {
            if self.chain.isAtBlockEnd, let next = rest.popFirst() { try self.chain.begin(next) }
            var grown: [(subtree: Subtree, hash: SHA256Digest)] = []
            try self.chain.append(leaf) { subtree, hash in
                if subtree.level.isMultiple(of: 8) { grown.append((subtree, hash)) }
            }
            nodes += grown
        }
        guard self.chain.isAtBlockEnd else {
            throw LedgerFault(.block, seq: target, "the last block has no end")
        }
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}

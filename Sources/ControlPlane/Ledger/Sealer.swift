import Cryptography
package import EventSourcing
package import FoundationEssentials
package import Telemetry

/// Builds the tree over the log and signs checkpoints, off the path of commands: one process at a time, the owner of the
/// lease `sealer`.
///
/// It signs nothing that does not follow from what was signed before: where log, blocks, tree, checkpoints or witness
/// disagree it says so in the log, again and again, and signs no more until a person has found out why.
package struct Sealer: Sendable {
    private let events: any EventStore
    private let ledger: any LedgerStore
    private let lease: LeaseHolder
    private let plan: SealingPlan
    private let witness: (any Witness)?
    private let log: Log

    /// The most events that one checkpoint takes in: bounds memory and time when much is not yet sealed.
    package static let step: Int64 = 1 << 18
    /// How long a fault is left alone before it is looked at, and told, again.
    private static let pause = Duration.seconds(60)
    /// How many seconds the database's clock may differ from this machine's, untold.
    private static let clockTolerance = 30.0

    package init(
        events: any EventStore, ledger: any LedgerStore, leases: any LeaseStore, plan: SealingPlan,
        witness: (any Witness)? = nil, owner: String, log: Log
    ) {
        self.events = events
        self.ledger = ledger
        self.plan = plan
        self.witness = witness
        self.log = log
        lease = LeaseHolder(leases: leases, name: "sealer", owner: owner)
    }

    /// Seals until the task is cancelled.
    package func run() async throws {
        while true {
            do {
                try await lease.hold { fence in try await own(fence) }
                log.warning("the sealer's lease has another owner; waiting for it")
            } catch is CancellationError {
                throw CancellationError()
            } catch let fault as LedgerFault {
                log.error(
                    "THE LOG IS NOT WHAT WAS SEALED: no checkpoint is signed until this is explained",
                    ["seq": fault.seq.map { "\($0)" } ?? "", "fault": fault.detail])
                try await Task.sleep(for: Self.pause)
            } catch {
                try Task.checkCancellation()
                log.error("the sealer stopped and starts again", ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func own(_ fence: LeaseFence) async throws {
        let sealing = try await Sealing.resume(ledger, plan)
        try await requireWitnessed()
        log.info(
            "seals the log",
            [
                "after_seq": "\(sealing.size)", "after_checkpoint": "\(sealing.number)",
                "keys": plan.keys.map { "\($0.verifier)" }.joined(separator: " "),
            ])
        let (kept, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup { group in
            if let witness {
                let copier = WitnessCopier(ledger: ledger, witness: witness, log: log)
                group.addTask { try await copier.run(kept) }
            }
            defer { group.cancelAll() }
            try await seal(from: sealing, fence, telling: signal)
        }
    }

    /// Seals what comes, and tells of each checkpoint, until the task is cancelled.
    private func seal(
        from start: Sealing, _ fence: LeaseFence, telling signal: AsyncStream<Void>.Continuation
    ) async throws {
        var sealing = start
        while true {
            if try await sealing.seal(fence) {
                signal.yield()
                tellOfClocks(sealing)
            } else {
                try await waitForNext(sealing)
            }
        }
    }

    /// Returns when a checkpoint is due: soon when there are new events, late when there are none.
    private func waitForNext(_ sealing: Sealing) async throws {
        let patience = sealing.timeUntilQuietCheckpoint(plan.now())
        try await events.waitForEvents(after: sealing.size, timeout: patience)
        guard try await events.head() > sealing.size else { return }
        let delay = sealing.timeUntilCheckpoint(plan.now())
        if delay > .zero { try await Task.sleep(for: delay) }
    }

    /// Events and checkpoints have the database's time: whoever sets its clock sets what an auditor reads.
    private func tellOfClocks(_ sealing: Sealing) {
        guard abs(sealing.clockDifference) > Self.clockTolerance else { return }
        log.warning(
            "the database's clock is not this machine's: one of them is wrong",
            ["seconds_ahead": "\(Int(sealing.clockDifference.rounded()))"])
    }

    private static func checkpoint(inWitnessed note: String) throws(LedgerFault) -> Checkpoint {
        do {
            return try Checkpoint(text: SignedNote(note).text)
        } catch {
            throw LedgerFault(.witness, seq: nil, "the witness's newest checkpoint is malformed: \(error)")
        }
    }

    /// What a witness has seen must be a beginning of this log, signed by whomever.
    ///
    /// - Throws: `LedgerFault`. A witness that cannot be reached is none of this log's faults.
    private func requireWitnessed() async throws {
        guard let witness else { return }
        let note: String?
        do {
            note = try await witness.latest()
        } catch {
            try Task.checkCancellation()
            return log.warning("the witness cannot be read; sealing goes on", ["error": "\(error)"])
        }
        guard let note else { return }
        let seen = try Self.checkpoint(inWitnessed: note)
        let newest = try await ledger.checkpoint(treeSize: nil)
        guard let newest, newest.size >= seen.size, newest.number >= seen.number else {
            throw LedgerFault(
                .witness, seq: (newest?.size ?? 0) + 1,
                "the witness has seen checkpoint \(seen.number) of \(seen.size) events; here the newest is "
                    + "\(newest?.number ?? 0) of \(newest?.size ?? 0)")
        }
        let roots = try await ledger.roots(of: Subtree.covering(0..<seen.size))
        guard MerkleTree.root(ofSubtrees: roots) == seen.root else {
            throw LedgerFault(
                .witness, seq: nil, "the first \(seen.size) events are not those of the witness's checkpoint")
        }
    }
}

/// How a sealer signs, and how often.
package struct SealingPlan: Sendable {
    /// All of them sign.
    package let keys: [CheckpointKey]
    /// Names the log; nil derives it from the store's epoch.
    package let origin: String?
    /// The shortest time between checkpoints while there are new events.
    package let interval: Duration
    /// The longest time between checkpoints when there are none.
    package let quietInterval: Duration
    package let now: @Sendable () -> Date

    package init(
        keys: [CheckpointKey], origin: String? = nil, interval: Duration = .seconds(10),
        quietInterval: Duration = .seconds(3_600), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        precondition(!keys.isEmpty, "a sealer needs a key")
        self.keys = keys
        self.origin = origin
        self.interval = interval
        self.quietInterval = quietInterval
        self.now = now
    }
}

import Domain
package import EventSourcing
package import Telemetry

/// Drives all runs: one process at a time, the owner of the lease `saga`.
///
/// A new owner begins with the runs that had not ended in the read model, and goes on with the log from there: nothing
/// that a former owner knew is needed.
package struct SagaRunner: Sendable {
    /// The most runs that are under way at a time.
    package static let defaultLimit = 64

    private let transactor: Transactor
    private let readModels: any ReadModels
    private let engines: EngineDirectory
    private let attempts: any AttemptStore
    private let environment: Environment
    private let lease: LeaseHolder
    private let owner: String
    private let limit: Int
    private let log: Log

    package init(
        transactor: Transactor, readModels: any ReadModels, engines: EngineDirectory, attempts: any AttemptStore,
        leases: any LeaseStore, environment: Environment, owner: String, limit: Int = defaultLimit, log: Log
    ) {
        self.transactor = transactor
        self.readModels = readModels
        self.engines = engines
        self.attempts = attempts
        self.environment = environment
        self.lease = LeaseHolder(leases: leases, name: "saga", owner: owner)
        self.owner = owner
        self.limit = limit
        self.log = log
    }

    /// Drives runs until the task is cancelled.
    package func run() async throws {
        while true {
            do {
                try await lease.hold { fence in try await own(fence) }
                log.warning("the saga's lease has another owner; waiting for it")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try Task.checkCancellation()
                log.error("the saga stopped and starts again", ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func own(_ fence: LeaseFence) async throws {
        let context = CommandContext(metadata: EventMetadata(actor: "service:saga"), fence: fence)
        try await transactor.note(
            SystemDecider.self, .noteLease(LeaseAcquired(lease: fence.name, owner: owner, epoch: fence.epoch)),
            on: "weir", context: context)
        log.info("drives runs", ["epoch": "\(fence.epoch)"])
        let gate = AdmissionGate(limit: limit)
        let signals = RunSignals()
        try await withThrowingDiscardingTaskGroup { group in
            let open = try await openRuns()
            for run in open.runs where run.isUnderWay { gate.readmit(run.id) }
            for run in open.runs {
                try await waitForLoads(signals)
                start(run.id, fence, gate, signals) { work in group.addTask { try await work() } }
            }
            var seq = open.throughSeq
            while true {
                try await transactor.store.waitForEvents(after: seq, timeout: .seconds(5))
                let page = try await news(after: seq)
                for event in page.events {
                    guard let run = RunID(event.stream.id), !signals.raise(run, version: event.version) else {
                        continue
                    }
                    // Whoever drives it has ended, or it is new.
                    if event.isNewsFromOutside {
                        try await waitForLoads(signals)
                        start(run, fence, gate, signals) { work in group.addTask { try await work() } }
                    }
                }
                seq = page.throughSeq
                try await Task.sleep(for: Self.rest)
            }
        }
    }

    /// How long what comes next may gather: looking has a price of its own, however little there is to see.
    private static let rest = Duration.milliseconds(10)
    /// The most drivers that load their runs at a time.
    private static let maximumLoads = 32

    /// Events of runs. A log that does not answer is asked again: what is under way need not end for that.
    private func news(after seq: Int64) async throws -> CategoryPage {
        while true {
            do {
                return try await transactor.store.readCategory(RunCodec.category, after: seq, limit: 1_000)
            } catch EventStoreError.unavailable(let why, _) {
                log.warning("the saga could not read the log and tries again", ["after_seq": "\(seq)", "error": why])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Returns when few enough drivers load their runs; after a second in any case, since one that fails tries again.
    private func waitForLoads(_ signals: RunSignals) async throws {
        var patience = 200
        while signals.loading >= Self.maximumLoads, patience > 0 {
            try await Task.sleep(for: .milliseconds(5))
            patience -= 1
        }
    }

    /// Every run that had not ended, as of a seq from which the log tells the rest.
    private func openRuns() async throws -> OpenRuns {
        var throughSeq: Int64?
        var runs: [OpenRuns.Run] = []
        while true {
            guard let page = try await readModels.openRuns(after: runs.last?.id, limit: 1_000) else {
                // The first start: the projector is about to make the read model.
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            runs += page.runs
            // Later pages are of later seqs: what the first one does not have yet, the log brings.
            let first = throughSeq ?? page.throughSeq
            throughSeq = first
            if page.runs.isEmpty { return OpenRuns(runs: runs, throughSeq: first) }
        }
    }

    private func start(
        _ run: RunID, _ fence: LeaseFence, _ gate: AdmissionGate, _ signals: RunSignals,
        addTask: (@escaping @Sendable () async throws -> Void) -> Void
    ) {
        guard signals.open(run) else { return }
        let driver = RunDriver(
            run: run, fence: fence, transactor: transactor, engines: engines, attempts: attempts,
            environment: environment, gate: gate, signals: signals)
        addTask {
            defer {
                signals.close(run)
                gate.leave(run).forEach { signals.raise($0) }
            }
            try await drive(driver)
        }
    }

    /// Drives a run to its end, again from the log whenever something stood in the way.
    private func drive(_ driver: RunDriver) async throws {
        while true {
            do {
                return try await driver.drive()
            } catch TransactionFailure.fenced(let fence) {
                throw TransactionFailure.fenced(fence)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try Task.checkCancellation()
                log.error(
                    "a run could not be driven; it is read again", ["run": "\(driver.run)", "error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension EventEnvelope {
    /// Whether this event can find a run without a driver that needs one.
    fileprivate var isNewsFromOutside: Bool {
        event.type == RunRequested.type || event.type == RunCancelRequested.type || event.type == RunResolution.type
    }
}

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
            var seq = try await takeUpOpenRuns { run in
                start(run, fence, gate, signals) { work in group.addTask { try await work() } }
            }
            while true {
                try await transactor.store.waitForEvents(after: seq, timeout: .seconds(5))
                let events = try await transactor.store.readAll(after: seq, limit: 1_000)
                for event in events where event.stream.category == RunCodec.category {
                    guard let run = RunID(event.stream.id), !signals.raise(run) else { continue }
                    // Whoever drives it has ended, or it is new.
                    if event.isNewsFromOutside {
                        start(run, fence, gate, signals) { work in group.addTask { try await work() } }
                    }
                }
                seq = events.last?.seq ?? seq
            }
        }
    }

    /// Starts a driver for every run that had not ended, and returns the seq up to which the log is taken in.
    private func takeUpOpenRuns(_ start: (RunID) -> Void) async throws -> Int64 {
        var throughSeq: Int64?
        var last: RunID?
        while true {
            guard let page = try await readModels.openRuns(after: last, limit: 1_000) else {
                // The first start: the projector is about to make the read model.
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            throughSeq = throughSeq ?? page.throughSeq
            page.runs.forEach(start)
            last = page.runs.last
            if page.runs.isEmpty { return throughSeq ?? 0 }
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

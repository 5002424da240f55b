import Cryptography
import Domain
import EventSourcing
import FoundationEssentials

/// Drives one run to its end: carries out what `RunSaga` says, one action after the other.
struct RunDriver {
    let run: RunID
    let fence: LeaseFence
    let transactor: Transactor
    let engines: EngineDirectory
    let attempts: any AttemptStore
    let environment: Environment
    let gate: AdmissionGate
    let signals: RunSignals

    /// The longest wait without another look at the log.
    static let longestWait: TimeInterval = 60

    /// Returns when nothing is left to do for the run.
    ///
    /// - Throws: `TransactionFailure.fenced` when another owner drives it now; `EventStoreError` when the log cannot
    ///   be reached: then the run is to be driven again from the log.
    func drive() async throws {
        var state = try await load()
        var seen = RunKnowledge()
        var handle: EngineHandle?
        if state.wasAdmitted { gate.readmit(run) }
        while true {
            try Task.checkCancellation()
            if signals.take(run) { state = try await load() }
            let admission = state.isWaitingForAdmission ? gate.admission(of: run) : .admitted
            let action = RunSaga.next(
                state, seen: seen, admission: admission, epoch: fence.epoch, now: environment.now())
            switch action {
            case .record(let command): state = try await record(command)
            case .intend:
                state = try await intend(state)
                seen = RunKnowledge()
                seen.note(.intentRecorded, at: environment.now())
                handle = nil
            case .submit:
                let (observation, accepted) = try await submit(state)
                seen.note(observation, at: environment.now())
                handle = accepted
            case .look:
                let (observation, next) = try await look(state, handle)
                seen.note(observation, at: environment.now())
                handle = next
            case .cancelAtEngine:
                try await cancel(state, handle, &seen)
            case .wait(let until):
                try await signals.wait(for: run, timeout: pause(until: until))
                seen.note(.nothing, at: environment.now())
            case .waitForAdmission(let until):
                try await signals.wait(for: run, timeout: pause(until: until))
            case .rest: return
            }
        }
    }

    private func load() async throws -> RunState {
        let stream = StreamName(category: RunCodec.category, id: run.description)
        let loaded = try await transactor.load(RunDecider.self, stream)
        signals.know(loaded.version, of: run)
        return loaded.state
    }

    /// Records a step. One that no longer fits, because the log has moved on, is dropped: the state that comes back
    /// says what is next.
    private func record(_ command: RunCommand) async throws -> RunState {
        let context = CommandContext(
            metadata: EventMetadata(actor: "service:saga", correlation: run.description), fence: fence)
        do {
            let done = try await transactor.transact(
                RunDecider.self, command, on: run.description, context: context)
            signals.know(done.version, of: run)
            return done.state
        } catch let rejection as DomainRejection where rejection.kind == .conflict {
            return try await load()
        }
    }

    private func intend(_ state: RunState) async throws -> RunState {
        guard let request = state.request else { return state }
        let settings = try JSONEncoder.canonical.encode(try await engines.settings(request.connection))
        let fingerprint = SHA256Digest(of: Array(settings) + Array("\n".utf8) + Array(request.statement.utf8))
        return try await record(
            .intendDispatch(
                RunDispatchIntended(
                    attempt: environment.makeID(), number: state.attempts + 1, engine: request.engine,
                    fingerprint: fingerprint.description, epoch: fence.epoch)))
    }

    private func submit(_ state: RunState) async throws -> (RunObservation, EngineHandle?) {
        let (attempt, target): (EngineAttempt, EngineTarget)
        do {
            guard let found = try await self.attempt(of: state) else { return (.nothing, nil) }
            (attempt, target) = found
        } catch let error as UnopenableSecret {
            return (.rejected(RunFailure(code: "SECRET", fault: .weir, message: "\(error)", isRetryable: false)), nil)
        }
        switch await engines.engine(for: target.settings.kind).submit(attempt, to: target) {
        case .accepted(let handle):
            // Stored before the log says `dispatched`, and so before a look may start anything with it.
            try await attempts.keep(
                handle, rows: nil, for: attempt.id, of: run, limits: attempt.limits, fence: fence)
            let dispatched = RunDispatched(attempt: attempt.id, externalID: handle.externalID, link: handle.link)
            return (.submitted(dispatched), handle)
        case .rejected(let failure): return (.rejected(failure), nil)
        case .outcomeUnknown(let why): return (.submissionUnknown(why), nil)
        }
    }

    private func look(
        _ state: RunState, _ known: EngineHandle?
    ) async throws -> (RunObservation, EngineHandle?) {
        do {
            return try await lookAtEngine(state, known)
        } catch let error as UnopenableSecret {
            // A process with the right key may find the engine yet: patience and deadline count as for an engine that is
            // away.
            return (.unreachable("\(error)"), known)
        }
    }

    private func lookAtEngine(
        _ state: RunState, _ known: EngineHandle?
    ) async throws -> (RunObservation, EngineHandle?) {
        guard let (attempt, target) = try await attempt(of: state) else { return (.nothing, nil) }
        let handle: EngineHandle?
        switch try await wayBack(to: attempt.id, state, known) {
        case .handle(let stored): handle = stored
        case .neverUsed: handle = nil
        case .finished(let result): return (.succeeded(result), nil)
        case .lost: return (.cannotTell(Self.lostHandle), nil)
        }
        let engine = engines.engine(for: target.settings.kind)
        switch await engine.look(at: attempt, handle: handle, on: target) {
        case .running(let progress, let rows, let next):
            try await attempts.keep(
                next, rows: rows, for: attempt.id, of: run, limits: attempt.limits, fence: fence)
            return (.running(RunProgress(progress)), next)
        case .ended(.succeeded(let rows, let updateCount)):
            try await attempts.finish(
                attempt.id, of: run, rows: rows, updateCount: updateCount, limits: attempt.limits, fence: fence)
            guard let result = try await attempts.result(of: attempt.id) else {
                return (.cannotTell("its result could not be kept"), handle)
            }
            return (.succeeded(result), nil)
        case .ended(.failed(let failure)): return (.failed(failure), handle)
        case .ended(.cancelled(let why)): return (.cancelled(why), handle)
        case .neverStarted(let proof): return (.neverStarted(proof: proof), nil)
        case .unreachable(let why): return (.unreachable(why), handle)
        case .cannotTell(let why): return (.cannotTell(why), handle)
        }
    }

    private func cancel(_ state: RunState, _ known: EngineHandle?, _ seen: inout RunKnowledge) async throws {
        do {
            try await cancelAtEngine(state, known, &seen)
        } catch let error as UnopenableSecret {
            seen.note(.unreachable("\(error)"), at: environment.now())
        }
    }

    private func cancelAtEngine(
        _ state: RunState, _ known: EngineHandle?, _ seen: inout RunKnowledge
    ) async throws {
        guard let (attempt, target) = try await attempt(of: state) else { return }
        switch try await wayBack(to: attempt.id, state, known) {
        case .handle(let handle):
            switch await engines.engine(for: target.settings.kind).cancel(attempt, handle: handle, on: target) {
            case .requested: seen.noteCancelSent(at: environment.now())
            case .unreachable(let why): seen.note(.unreachable(why), at: environment.now())
            }
        case .finished(let result): seen.note(.succeeded(result), at: environment.now())
        case .neverUsed, .lost: seen.note(.cannotTell(Self.lostHandle), at: environment.now())
        }
    }

    /// What leads back to an attempt at its engine.
    private enum WayBack {
        case handle(EngineHandle)
        /// Without `dispatched` in the log the attempt counts as not handed over: a handle that may have been stored
        /// was never used.
        case neverUsed
        /// A former owner saw it succeed and kept its result, but could not record that any more. The handle is gone,
        /// which must not be taken for a proof that nothing ran.
        case finished(RunResult)
        case lost
    }

    private static let lostHandle = "the way back to the attempt at its engine is lost"

    private func wayBack(
        to attempt: AttemptID, _ state: RunState, _ known: EngineHandle?
    ) async throws -> WayBack {
        if let known { return .handle(known) }
        guard case .dispatched = state.phase else { return .neverUsed }
        if let stored = try await attempts.handle(of: attempt) { return .handle(stored) }
        return try await attempts.result(of: attempt).map { .finished($0) } ?? .lost
    }

    private func attempt(of state: RunState) async throws -> (EngineAttempt, EngineTarget)? {
        guard let request = state.request, let live = state.liveAttempt else { return nil }
        let target = try await engines.target(request.connection)
        return (
            EngineAttempt(
                id: live.id, run: run, statement: request.statement, limits: request.resultLimits), target
        )
    }

    private func pause(until time: Date) -> Duration {
        .seconds(min(max(time.timeIntervalSince(environment.now()), 0), Self.longestWait))
    }
}

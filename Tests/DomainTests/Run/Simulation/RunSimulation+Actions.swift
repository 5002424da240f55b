import Domain
import EventSourcing
import Foundation

extension RunSimulation {
    mutating func carryOut(_ action: RunAction, _ owner: inout SimulatedOwner) throws {
        try danger(owner, isIdle: true)
        switch action {
        case .record(let command): try record(command, &owner)
        case .intend: try intend(&owner)
        case .submit: try submit(&owner)
        case .look: try look(&owner)
        case .cancelAtEngine: try cancel(&owner)
        case .wait(let until):
            now = max(now, min(until, now + 60))
            owner.seen.note(.nothing, at: now)
        case .waitForAdmission(let until): now = max(now, min(until, now + .random(in: 0...60, using: &random)))
        case .rest: break
        }
        try danger(owner)
    }

    /// Only a step that the log has overtaken may be refused, or change nothing.
    private mutating func record(_ command: RunCommand, _ owner: inout SimulatedOwner) throws {
        let isCurrent = owner.state == log.state
        do {
            let events = try log.record(command, fence: owner.epoch)
            if events.isEmpty, isCurrent {
                throw SimulationFault("\(command) changes nothing: it would be recorded for ever")
            }
            try events.forEach { try check($0) }
        } catch let rejection as DomainRejection where rejection.kind == .conflict {
            if isCurrent { throw SimulationFault("the decider refuses \(command): \(rejection.message)") }
        }
        owner.state = log.state
    }

    private mutating func intend(_ owner: inout SimulatedOwner) throws {
        nextAttempt += 1
        try record(
            .intendDispatch(
                .sample(attempt: nextAttempt, number: owner.state.attempts + 1, epoch: owner.epoch)), &owner)
        owner.seen = RunKnowledge()
        owner.seen.note(.intentRecorded, at: now)
        owner.handle = nil
    }

    private mutating func submit(_ owner: inout SimulatedOwner) throws {
        guard let attempt = owner.state.liveAttempt else { throw SimulationFault("a submit without an intent") }
        try checkSubmit(attempt, owner)
        let (observation, handle) = engine.submit(
            attempt.id, isOwner: owner.epoch == log.epoch, now: now, using: &random)
        try danger(owner)
        if let handle { try keep(handle, of: attempt.id, owner) }
        try danger(owner)
        owner.seen.note(observation, at: now)
        owner.handle = handle
    }

    private mutating func look(_ owner: inout SimulatedOwner) throws {
        guard let attempt = owner.state.liveAttempt else { throw SimulationFault("a look without an attempt") }
        var handle = owner.handle
        if handle == nil, case .dispatched = owner.state.phase { handle = handles[attempt.id] }
        let observation = engine.look(attempt.id, handle: handle, now: now, using: &random)
        try checkStarts()
        try danger(owner)
        if case .running = observation, let handle { try keep(handle, of: attempt.id, owner) }
        if case .succeeded = observation, owner.epoch != log.epoch { throw SimulatedLog.Fenced() }
        owner.seen.note(observation, at: now)
        owner.handle = handle
    }

    private mutating func cancel(_ owner: inout SimulatedOwner) throws {
        guard let attempt = owner.state.liveAttempt else { throw SimulationFault("a cancel without an attempt") }
        guard let handle = owner.handle ?? handles[attempt.id] else {
            return owner.seen.note(.cannotTell("the handle is lost"), at: now)
        }
        if engine.cancel(attempt.id, handle: handle, now: now, using: &random) {
            owner.seen.noteCancelSent(at: now)
        } else {
            owner.seen.note(.unreachable("no answer"), at: now)
        }
    }

    /// Handles are stored under the lease.
    private mutating func keep(_ handle: Int, of attempt: AttemptID, _ owner: SimulatedOwner) throws {
        guard owner.epoch == log.epoch else { throw SimulatedLog.Fenced() }
        handles[attempt] = handle
    }
}

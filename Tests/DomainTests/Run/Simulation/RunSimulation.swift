import Domain
import EventSourcing
import Foundation
import TestSupport

/// A run driven to its end by owners that crash, on an engine that fails, by one seed's luck.
///
/// It does what the saga's runner does, action by action, and throws `SimulationFault` where a rule is not kept.
struct RunSimulation {
    static let start = Date(timeIntervalSince1970: 1_790_000_000)
    static let mostSteps = 20_000

    var random: SeededGenerator
    var log = SimulatedLog()
    var engine: SimulatedEngine
    var owner: SimulatedOwner
    /// A former owner that does not know that it was replaced.
    var stalled: SimulatedOwner?
    /// The handles that were stored before the log said `dispatched`.
    var handles: [AttemptID: Int] = [:]
    var now = start
    var lossesLeft: Int
    /// Losses so far; each lets waiting begin anew.
    var losses = 0
    var cancelledAt: Date?
    var nextAttempt: UInt8 = 0
    private(set) var trace: [String] = []
    private let cancelTime: Date?

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        engine = SimulatedEngine(now: Self.start, using: &random)
        lossesLeft = random.chance(60) ? Int.random(in: 1...5, using: &random) : 0
        cancelTime = random.chance(40) ? Self.start + .random(in: 0...200, using: &random) : nil
        let request = RunRequested.make(
            deadline: Self.start + .random(in: 1...600, using: &random),
            maximumAttempts: .random(in: 1...4, using: &random))
        _ = try log.record(.request(request), fence: nil)
        owner = SimulatedOwner(epoch: log.epoch, state: log.state)
    }

    /// Returns when nothing is left to do.
    mutating func run() throws {
        for _ in 0..<Self.mostSteps {
            now += .random(in: 0.01...2, using: &random)
            try cancelByPerson()
            try checkPatience()
            if try stepStalled() { continue }
            var present = owner
            do {
                let goesOn = try step(&present)
                owner = present
                if !goesOn { return try checkEnd() }
            } catch let loss as OwnerLoss {
                try replace(present, after: loss)
            }
        }
        throw SimulationFault("the run did not end in \(Self.mostSteps) steps")
    }

    private mutating func cancelByPerson() throws {
        guard let cancelTime, now >= cancelTime, cancelledAt == nil, log.state.cancelReason == nil else { return }
        guard (try? log.record(.requestCancel(reason: "enough"), fence: nil))?.isEmpty == false else { return }
        cancelledAt = now
        trace.append("a person cancels")
    }

    /// A former owner goes on now and then; nothing that it does may matter.
    private mutating func stepStalled() throws -> Bool {
        guard var former = stalled, random.chance(20) else { return false }
        trace.append("the former owner goes on:")
        do {
            if try step(&former) { stalled = former } else { stalled = nil }
        } catch is SimulatedLog.Fenced {
            stalled = nil
        } catch is OwnerLoss {
            stalled = nil
        }
        return true
    }

    private mutating func replace(_ former: SimulatedOwner, after loss: OwnerLoss) throws {
        losses += 1
        trace.append("the owner is lost: \(loss)")
        // Only where a query needs its handle to start is an owner harmless that submits after it was replaced.
        if case .replaced = loss, !engine.startsAtOnce { stalled = former }
        log.replaceOwner()
        owner = SimulatedOwner(epoch: log.epoch, state: log.state)
        now += .random(in: 0...30, using: &random)
    }

    /// One turn of the runner's loop; false when there is nothing left to do.
    private mutating func step(_ owner: inout SimulatedOwner) throws -> Bool {
        if random.chance(50) { owner.state = log.state }
        let queued = RunQueued(reason: .runnerFull, message: "full")
        let action = RunSaga.next(
            owner.state, seen: owner.seen, admission: random.chance(40) ? .admitted : .queued(queued),
            epoch: owner.epoch, now: now)
        if trace.last != "\(action)" { trace.append("\(action)") }
        try carryOut(action, &owner)
        return action != .rest
    }

    /// May end the owner, at any point of its work.
    ///
    /// - Parameter isIdle: Between two actions, where it may also stall, and go on after it was replaced.
    mutating func danger(_ owner: SimulatedOwner, isIdle: Bool = false) throws {
        guard owner.epoch == log.epoch, lossesLeft > 0, random.chance(6) else { return }
        lossesLeft -= 1
        throw isIdle && random.chance(70) ? OwnerLoss.replaced : .crashed
    }
}

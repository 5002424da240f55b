import EventSourcing

/// The rules of a system stream: everything is noted.
package enum SystemDecider: Decider {
    package typealias Command = SystemCommand
    package typealias State = SystemState
    package typealias Codec = SystemCodec
    package typealias Rejection = DomainRejection

    package static var initial: SystemState { SystemState() }

    package static func decide(
        _ command: SystemCommand, _ state: SystemState
    ) throws(DomainRejection) -> [SystemEvent] {
        switch command {
        case .noteLease(let lease): [.leaseAcquired(lease)]
        case .noteRebuild(let rebuild): [.projectionRebuilt(rebuild)]
        case .noteSwitch(let switched): [.projectionSwitched(switched)]
        case .noteParked(let parked): [.eventParked(parked)]
        case .noteRetried(let retried): [.parkedRetried(retried)]
        }
    }

    package static func evolve(_ state: SystemState, _ event: SystemEvent) -> SystemState { state }
}

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
        case .initialiseStore(let store): state.isInitialised ? [] : [.storeInitialised(store)]
        case .noteRestore(let restore): [.storeRestored(restore)]
        case .noteLease(let lease): [.leaseAcquired(lease)]
        case .noteRebuild(let rebuild): [.projectionRebuilt(rebuild)]
        case .noteSwitch(let switched): [.projectionSwitched(switched)]
        case .noteParked(let parked): [.eventParked(parked)]
        case .noteRetried(let retried): [.parkedRetried(retried)]
        }
    }

    package static func name(of command: SystemCommand) -> String {
        switch command {
        case .initialiseStore: "system.initialise_store"
        case .noteRestore: "system.note_restore"
        case .noteLease: "system.note_lease"
        case .noteRebuild: "system.note_rebuild"
        case .noteSwitch: "system.note_switch"
        case .noteParked: "system.note_parked"
        case .noteRetried: "system.note_retried"
        }
    }

    package static func evolve(_ state: SystemState, _ event: SystemEvent) -> SystemState {
        switch event {
        case .storeInitialised: SystemState(isInitialised: true)
        case .storeRestored, .leaseAcquired, .projectionRebuilt, .projectionSwitched, .eventParked, .parkedRetried:
            state
        }
    }
}

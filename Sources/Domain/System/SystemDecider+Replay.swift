import EventSourcing

extension SystemDecider: ReplayableDecider {
    package static func command(thatLedTo events: [SystemEvent], from state: SystemState) -> SystemCommand? {
        guard let event = events.first, events.count == 1 else { return nil }
        return switch event {
        case .storeInitialised(let store): .initialiseStore(store)
        case .storeRestored(let restored): .noteRestore(restored)
        case .leaseAcquired(let lease): .noteLease(lease)
        case .projectionRebuilt(let rebuild): .noteRebuild(rebuild)
        case .projectionSwitched(let switched): .noteSwitch(switched)
        case .eventParked(let parked): .noteParked(parked)
        case .parkedRetried(let retried): .noteRetried(retried)
        }
    }
}

package import EventSourcing

/// Between system events and their stored form.
package enum SystemCodec: EventCodec {
    package static let category = "system"

    package static let payloads: [PayloadCoding<SystemEvent>] = [
        .init(StoreInitialised.self, SystemEvent.storeInitialised),
        .init(StoreRestored.self, SystemEvent.storeRestored),
        .init(LeaseAcquired.self, SystemEvent.leaseAcquired),
        .init(ProjectionRebuilt.self, SystemEvent.projectionRebuilt),
        .init(ProjectionSwitched.self, SystemEvent.projectionSwitched),
        .init(EventParked.self, SystemEvent.eventParked),
        .init(ParkedRetried.self, SystemEvent.parkedRetried),
    ]

    package static func payload(of event: SystemEvent) -> any EventPayload {
        switch event {
        case .storeInitialised(let payload): payload
        case .storeRestored(let payload): payload
        case .leaseAcquired(let payload): payload
        case .projectionRebuilt(let payload): payload
        case .projectionSwitched(let payload): payload
        case .eventParked(let payload): payload
        case .parkedRetried(let payload): payload
        }
    }
}

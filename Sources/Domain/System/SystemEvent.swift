import EventSourcing

/// What happened to Weir itself.
package enum SystemEvent: Hashable, Sendable {
    case storeInitialised(StoreInitialised)
    case storeRestored(StoreRestored)
    case leaseAcquired(LeaseAcquired)
    case projectionRebuilt(ProjectionRebuilt)
    case projectionSwitched(ProjectionSwitched)
    case eventParked(EventParked)
    case parkedRetried(ParkedRetried)
}

/// A process became the owner of a role.
package struct LeaseAcquired: EventPayload {
    package static let type = "system.lease_acquired"
    package let lease: String
    package let owner: String
    package let epoch: Int64

    package init(lease: String, owner: String, epoch: Int64) {
        self.lease = lease
        self.owner = owner
        self.epoch = epoch
    }
}

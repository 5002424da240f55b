import EventSourcing

/// What happened to Weir itself.
package enum SystemEvent: Hashable, Sendable {
    case storeInitialised(StoreInitialised)
    case storeRestored(StoreRestored)
    case leaseAcquired(LeaseAcquired)
    case projectionRebuilt(ProjectionRebuilt)
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

/// A read model was made anew from the log.
package struct ProjectionRebuilt: EventPayload {
    package static let type = "system.projection_rebuilt"
    package let projection: String
    package let version: Int
    /// The last event that it was made from.
    package let throughSeq: Int64

    package init(projection: String, version: Int, throughSeq: Int64) {
        self.projection = projection
        self.version = version
        self.throughSeq = throughSeq
    }

    enum CodingKeys: String, CodingKey {
        case projection, version
        case throughSeq = "through_seq"
    }
}

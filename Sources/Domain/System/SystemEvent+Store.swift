import EventSourcing

/// A log began: its first event.
package struct StoreInitialised: EventPayload {
    package static let type = "system.store_initialised"
    /// The store epoch.
    package let epoch: String
    /// The newest file of schema/ that the database had.
    package let migration: Int

    package init(epoch: String, migration: Int) {
        self.epoch = epoch
        self.migration = migration
    }
}

/// The database was restored to an earlier state, and a new store epoch began.
package struct StoreRestored: EventPayload {
    package static let type = "system.restored"
    package let formerEpoch: String
    package let epoch: String
    /// The last event that the restored database had. Later ones of the former epoch are lost.
    package let throughSeq: Int64
    /// What the operator said.
    package let reason: String

    package init(formerEpoch: String, epoch: String, throughSeq: Int64, reason: String) {
        self.formerEpoch = formerEpoch
        self.epoch = epoch
        self.throughSeq = throughSeq
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey {
        case epoch, reason
        case formerEpoch = "former_epoch"
        case throughSeq = "through_seq"
    }
}

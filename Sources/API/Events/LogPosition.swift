/// Which log a server has, and how far it has come.
package struct LogPosition: Codable, Hashable, Sendable {
    /// Another one after a restore: a seq that was kept from before means nothing then.
    package let storeEpoch: String
    /// The seq of the last event; 0 when there is none.
    package let lastSeq: Int64

    package init(storeEpoch: String, lastSeq: Int64) {
        self.storeEpoch = storeEpoch
        self.lastSeq = lastSeq
    }

    enum CodingKeys: String, CodingKey {
        case storeEpoch = "store_epoch"
        case lastSeq = "last_seq"
    }
}

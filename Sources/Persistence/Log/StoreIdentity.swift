import EventSourcing
import FoundationEssentials
import Postgres
import Synchronization

/// Which log this process works on, and how far it has seen it: what a database must still be when it is met again.
final class StoreIdentity: Sendable {
    private struct Known {
        var epoch: StoreEpoch?
        var seenSeq: Int64 = 0
    }

    private let known = Mutex(Known())

    /// Answers with what `note` reads.
    static let query = "SELECT last_seq AS seq, store_epoch FROM log_tip"

    /// Nil as long as the log was not met.
    var epoch: StoreEpoch? { known.withLock { $0.epoch } }
    var seenSeq: Int64 { known.withLock { $0.seenSeq } }

    /// Events up to here were seen.
    func note(seq: Int64) {
        known.withLock { $0.seenSeq = max($0.seenSeq, seq) }
    }

    /// Takes in what the database says of itself; the first time, that is what it has to be from then on.
    ///
    /// - Parameter seen: `seenSeq` from before the database was asked: it must still have what was seen then.
    /// - Returns: The last seq.
    /// - Throws: `EventStoreError.storeReplaced` or `.storeBehind`.
    @discardableResult
    func note(_ row: PostgresRow, seen: Int64) throws -> Int64 {
        let seq: Int64 = try row.decode("seq")
        let epoch = StoreEpoch(try row.decode("store_epoch", as: UUID.self))
        try known.withLock { known in
            if let expected = known.epoch, expected != epoch { throw Self.replaced(by: epoch, expected) }
            if seq < seen { throw Self.shorter(seq, seen) }
            known.epoch = epoch
            known.seenSeq = max(known.seenSeq, seq)
        }
        return seq
    }

    private static func replaced(by epoch: StoreEpoch, _ expected: StoreEpoch) -> EventStoreError {
        .storeReplaced(
            """
            the database is of store epoch \(epoch), not \(expected) as when this process began: it was restored; \
            start this process anew
            """)
    }

    private static func shorter(_ seq: Int64, _ seen: Int64) -> EventStoreError {
        .storeBehind(
            """
            the log ends at seq \(seq), but events up to \(seen) were seen: the database was restored, or a replica that \
            was behind has taken its place; run “weir store new-epoch”, then start this process anew
            """)
    }

    /// What a refusal of `append_batch` says about the log as a whole; nil when it says nothing.
    static func replacement(_ error: ServerError) -> EventStoreError? {
        switch error.sqlState {
        case "WE001":
            .storeReplaced("\(error.message): the database was restored; start this process anew")
        case "WE002":
            .storeBehind(
                """
                \(error.message): the database was restored, or a replica that was behind has taken its place; run \
                “weir store new-epoch”, then start this process anew
                """)
        default: nil
        }
    }
}

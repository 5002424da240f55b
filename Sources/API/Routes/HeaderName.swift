/// The header fields that are Weir's own, or that its API gives a meaning of its own.
package enum HeaderName {
    /// On POST: 1 to 200 visible ASCII characters. The same request under the same key is carried out once.
    package static let idempotencyKey = "Idempotency-Key"
    /// `true` when the answer is that of an earlier request under the same key.
    package static let idempotencyReplayed = "Idempotency-Replayed"
    /// On answers to commands: the seq of the command's last event.
    package static let seq = "Weir-Seq"
    /// On GET: the answer waits, at most some seconds, until it holds what was recorded up to this seq.
    package static let minimumSeq = "Weir-Min-Seq"
    /// On answers to queries with `as_of`: the seq that they are of.
    package static let asOf = "Weir-As-Of"
    /// On answers that hold events or their positions: which log they are of. On requests that give a position: the epoch
    /// it was got under; when the log is another one now, the answer is a conflict.
    package static let storeEpoch = "Weir-Store-Epoch"
    /// Names a request in events and logs; the server makes one where the client sends none.
    package static let requestID = "X-Request-Id"
}

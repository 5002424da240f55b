/// Why nothing more can be written to a stream.
package enum ResponseStreamError: Error, Equatable, Sendable {
    case clientGone
    /// The buffer was full for longer than the configuration lets a reader take.
    case readerTooSlow
    case serverStopping
    /// More or fewer bytes were written than the response had announced.
    case lengthMismatch
    /// The producer threw, or wrote after it had returned.
    case producerEnded
}

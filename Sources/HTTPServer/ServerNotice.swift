/// What a server has to say beside its answers, for the consumer's log.
package enum ServerNotice: Sendable {
    /// A line of the library's own log, such as a client that hung up within a request.
    case library(String)
    /// A streamed body ended with an error after its head had been sent, so the client was cut.
    case streamFailed(route: String?, error: any Error)
    /// No connection can be accepted for now: the system's error text.
    case acceptFailed(String)
}

/// Why a server can't start.
package enum ServerStartError: Error, Equatable, Sendable {
    /// The host is no numeric address.
    case invalidAddress(String)
    /// The system's error text.
    case cannotListen(String)
    /// The library refused to start, and its reason went to the log; or the system gives no more descriptors or threads.
    case cannotStart
    /// A server runs once.
    case hasRun
}

/// What went wrong on the way to the server or back.
package struct TransportFailure: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
        case nameNotResolved = "name not resolved"
        case connectionFailed = "connection failed"
        case tlsFailed = "TLS failed"
        /// The client's `AddressPolicy` forbids the address that the name stands for.
        case addressRefused = "address refused by policy"
        case deadlinePassed = "deadline passed"
        /// A streamed answer stayed silent for longer than its limit.
        case silent = "the server fell silent"
        case connectionLost = "connection lost"
        case malformedResponse = "malformed response"
        /// More exchanges at once than the client's configuration allows.
        case tooManyExchanges = "too many exchanges at once"
        case clientShutDown = "client shut down"
        case other = "transport error"
    }

    package let kind: Kind
    /// libcurl's own words, for people.
    package let detail: String

    package var description: String { detail.isEmpty ? kind.rawValue : "\(kind.rawValue) (\(detail))" }
}

extension Client {
    /// The bounds of a client, and what it may connect to.
    package struct Configuration: Sendable {
        /// Open connections in total, and to one host; exchanges beyond wait within their connect time-out.
        package var connectionLimit = 256
        package var connectionsPerHost = 64
        /// Connections that are kept open while nothing uses them, and for how long.
        package var idleConnectionLimit = 64
        package var idleTime: Duration = .seconds(60)
        /// Exchanges at once; more are refused.
        package var exchangeLimit = 1024
        /// Bytes of a streamed body that wait for their reader before the server is slowed down.
        package var streamWindow = 256 << 10
        package var addressPolicy = AddressPolicy.any
        package var userAgent = "weir"

        package init() {}
    }
}

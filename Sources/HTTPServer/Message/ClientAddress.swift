/// Where a connection comes from: the peer's address, never what a header claims.
package struct ClientAddress: Sendable, Hashable, CustomStringConvertible {
    /// The numeric IPv4 or IPv6 address.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Which addresses a client may connect to, judged by the address itself, so that no name can stand for another.
package enum AddressPolicy: Hashable, Sendable {
    case any
    /// Refuses what belongs to the host and to the cloud below it: link-local addresses (169.254/16, fe80::/10) and
    /// the metadata services of clouds outside them, also when wrapped in IPv6.
    case refusingLinkLocal

    /// - Parameter address: 4 or 16 bytes in network order.
    package func allows(_ address: [UInt8]) -> Bool {
        switch self {
        case .any: true
        case .refusingLinkLocal: !Self.isLinkLocal(address) && !Self.metadata.contains(Self.unwrapped(address))
        }
    }

    /// Alibaba's, Oracle's, and AWS's by IPv6.
    private static let metadata: Set<[UInt8]> = [
        [100, 100, 100, 200], [192, 0, 0, 192], [0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54],
    ]

    private static func isLinkLocal(_ address: [UInt8]) -> Bool {
        let address = unwrapped(address)
        return address.count == 4
            ? address[0] == 169 && address[1] == 254
            : address[0] == 0xfe && address[1] & 0xc0 == 0x80
    }

    /// The IPv4 address inside an IPv4-mapped (::ffff/96), IPv4-compatible (::/96) or NAT64 (64:ff9b::/96) one.
    private static func unwrapped(_ address: [UInt8]) -> [UInt8] {
        precondition(address.count == 4 || address.count == 16, "an IP address has 4 or 16 bytes")
        guard address.count == 16 else { return address }
        let prefix = Array(address.prefix(12))
        let zeros = [UInt8](repeating: 0, count: 8)
        let isWrapped =
            prefix == zeros + [0, 0, 0xff, 0xff] || prefix == zeros + [0, 0, 0, 0]
            || prefix == [0, 0x64, 0xff, 0x9b] + zeros
        return isWrapped ? Array(address.suffix(4)) : address
    }
}

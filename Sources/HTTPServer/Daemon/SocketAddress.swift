import CMicroHTTPD
import Glibc

/// An IPv4 or IPv6 address and port in the system's form.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private(set) var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    var family: sa_family_t { storage.ss_family }

    private init() {}

    /// `nil` if the host is no numeric address.
    init?(host: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr = four
            set(address)
        } else if inet_pton(AF_INET6, host, &six) == 1 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = six
            set(address)
        } else {
            return nil
        }
    }

    /// Where a socket is bound.
    static func ofSocket(_ descriptor: Int32) -> SocketAddress? {
        var address = SocketAddress()
        let result = address.withMutablePointer { getsockname(descriptor, $0, $1) }
        return result == 0 ? address : nil
    }

    /// Takes a waiting connection off a listening socket. -1 with `errno` if there is none.
    static func accept(from descriptor: Int32) -> (socket: Int32, address: SocketAddress) {
        var address = SocketAddress()
        return (address.withMutablePointer { mhd_shim_accept(descriptor, $0, $1) }, address)
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    private mutating func withMutablePointer(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
    }

    private mutating func set<Address>(_ address: Address) {
        length = socklen_t(MemoryLayout<Address>.size)
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: Address.self) }
    }

    /// The address as text. An IPv4 address that came through an IPv6 socket is shown as IPv4.
    var client: ClientAddress {
        withPointer { pointer, _ in ClientAddress(pointer) }
    }
}

extension ClientAddress {
    init(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var four = raw.loadUnaligned(as: sockaddr_in.self)
            inet_ntop(AF_INET, &four.sin_addr, &text, socklen_t(text.count))
            self.init(host: Self.string(text), port: UInt16(bigEndian: four.sin_port))
        case AF_INET6:
            var six = raw.loadUnaligned(as: sockaddr_in6.self)
            inet_ntop(AF_INET6, &six.sin6_addr, &text, socklen_t(text.count))
            let host = Self.string(text)
            let isMapped = host.hasPrefix("::ffff:") && host.contains(".")
            self.init(host: isMapped ? String(host.dropFirst(7)) : host, port: UInt16(bigEndian: six.sin6_port))
        default:
            self.init(host: "unknown", port: 0)
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

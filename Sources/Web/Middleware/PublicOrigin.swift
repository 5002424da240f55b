/// Where a proxy in front of the server is reached: scheme, host and port (RFC 6454), as browsers write them in `Origin`.
package struct PublicOrigin: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// What `Host` may say: the host, with the port unless it is the scheme's own.
    let authorities: Set<String>

    /// Reads `https://weir.example`, or one of `http`, or with a port; nil when the text is none, or has a path.
    package init?(_ text: String) {
        let text = text.lowercased()
        guard let (scheme, ownPort) = [("https://", "443"), ("http://", "80")].first(where: { text.hasPrefix($0.0) })
        else { return nil }
        let authority = text.dropFirst(scheme.count)
        var host = authority
        var port = Substring(ownPort)
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHost), let number = UInt16(port), number > 0,
            port == "\(number)"
        else { return nil }
        let hasOwnPort = port == ownPort
        description = scheme + (hasOwnPort ? "\(host)" : "\(host):\(port)")
        authorities = hasOwnPort ? ["\(host)", "\(host):\(port)"] : ["\(host):\(port)"]
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

import Terminal
import Web

/// Where the service answers.
///
/// Only on the loopback: there is no sign-in yet; a proxy that signs people in belongs before it, and its origin is
/// named by `--public-origin`.
struct ListenAddress: Sendable, CustomStringConvertible {
    let host: String
    let port: UInt16

    var description: String { "\(host):\(port)" }
}

extension ValueFormat where Value == PublicOrigin {
    /// `https://HOST`, or with a port.
    static let publicOrigin = ValueFormat(placeholder: "ORIGIN") { text throws(InvalidValue) in
        guard let origin = PublicOrigin(text) else {
            throw InvalidValue(expected: "scheme and host, as in https://weir.example, with a port where it has one")
        }
        return origin
    } describe: {
        "\($0)"
    }
}

extension ValueFormat where Value == ListenAddress {
    /// `127.0.0.1:PORT` or `::1:PORT`; port 0 takes one that is free.
    static let listenAddress = ValueFormat(placeholder: "HOST:PORT", bounds: "on 127.0.0.1 or ::1") {
        text throws(InvalidValue) in
        guard
            let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            ["127.0.0.1", "::1"].contains(text[..<colon])
        else {
            throw InvalidValue(
                expected:
                    "HOST:PORT on 127.0.0.1 or ::1; there is no sign-in yet, so put a proxy that signs people in before it, and name its address with --public-origin"
            )
        }
        return ListenAddress(host: String(text[..<colon]), port: port)
    } describe: {
        "\($0)"
    }
}

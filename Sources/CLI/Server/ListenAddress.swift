import Terminal

/// Where the service answers.
///
/// Only on the loopback: there is no sign-in yet; a proxy that signs people in belongs before it.
struct ListenAddress: Sendable, CustomStringConvertible {
    let host: String
    let port: UInt16

    var description: String { "\(host):\(port)" }
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
                    "HOST:PORT on 127.0.0.1 or ::1; there is no sign-in yet, so put a proxy that signs people in before it"
            )
        }
        return ListenAddress(host: String(text[..<colon]), port: port)
    } describe: {
        "\($0)"
    }
}

package import Domain
package import FoundationEssentials

/// The time and fresh ids: what a decider must not read itself.
package struct Environment: Sendable {
    package let now: @Sendable () -> Date
    /// A fresh UUIDv7 (RFC 9562): ids grow with time, so that index pages stay warm.
    package let makeUUID: @Sendable () -> UUID

    package init(now: @escaping @Sendable () -> Date, makeUUID: @escaping @Sendable () -> UUID) {
        self.now = now
        self.makeUUID = makeUUID
    }

    package func makeID<Subject>(_ subject: Identifier<Subject>.Type = Identifier<Subject>.self) -> Identifier<Subject>
    {
        Identifier(makeUUID())
    }
}

extension Environment {
    /// The machine's clock and randomness.
    package static let live = Environment(now: { Date() }, makeUUID: { UUID.version7(at: Date()) })
}

extension UUID {
    /// A UUIDv7: 48 bits of milliseconds since 1970, then random bits.
    package static func version7(at time: Date) -> UUID {
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1_000))
        // A random UUID has the variant and all the random bits already.
        var bytes = UUID().uuid
        bytes.0 = UInt8(truncatingIfNeeded: milliseconds >> 40)
        bytes.1 = UInt8(truncatingIfNeeded: milliseconds >> 32)
        bytes.2 = UInt8(truncatingIfNeeded: milliseconds >> 24)
        bytes.3 = UInt8(truncatingIfNeeded: milliseconds >> 16)
        bytes.4 = UInt8(truncatingIfNeeded: milliseconds >> 8)
        bytes.5 = UInt8(truncatingIfNeeded: milliseconds)
        bytes.6 = 0x70 | bytes.6 & 0x0F
        return UUID(uuid: bytes)
    }
}

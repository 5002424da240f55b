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
    /// A UUIDv7: 48 bits of milliseconds since 1970, 12 bits of a fraction of one (RFC 9562, section 6.2, method 3), then
    /// 62 random bits.
    package static func version7(at time: Date) -> UUID {
        let fractions = UInt64(max(0, time.timeIntervalSince1970 * 1_000 * 4_096))
        // Not from UUID(), which opens the system's source of randomness anew each time.
        var generator = SystemRandomNumberGenerator()
        let high: UInt64 = (fractions >> 12) << 16 | 0x7000 | fractions & 0x0FFF
        let low: UInt64 = 0x8000_0000_0000_0000 | (generator.next() >> 2)
        func byte(_ value: UInt64, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: value >> (56 - 8 * index)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }
}

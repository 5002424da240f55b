/// Which read models failed a moment ago, and until when each is left alone.
struct ProjectionPauses {
    /// How long one that failed is left alone.
    private static let pause = Duration.seconds(5)

    private var until: [String: ContinuousClock.Instant] = [:]

    mutating func pause(_ name: String) {
        until[name] = ContinuousClock.now + Self.pause
    }

    /// Those that are left alone now.
    mutating func paused() -> Set<String> {
        let now = ContinuousClock.now
        until = until.filter { $0.value > now }
        return Set(until.keys)
    }
}

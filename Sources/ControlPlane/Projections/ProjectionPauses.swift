/// Which generations failed a moment ago, and until when each is left alone.
struct ProjectionPauses {
    private struct Key: Hashable {
        let name: String
        let generation: Int
    }

    /// How long a generation that failed is left alone.
    private static let pause = Duration.seconds(5)

    private var until: [Key: ContinuousClock.Instant] = [:]

    mutating func pause(_ generation: ProjectionGeneration) {
        let now = ContinuousClock.now
        until = until.filter { $0.value > now }
        until[Key(name: generation.name, generation: generation.generation)] = now + Self.pause
    }

    func isPaused(_ generation: ProjectionGeneration) -> Bool {
        guard let end = until[Key(name: generation.name, generation: generation.generation)] else { return false }
        return ContinuousClock.now < end
    }
}

import Synchronization

/// Which part of each collecting stream is written to: the first one until it is full, then the next.
final class CollectingStreams: Sendable {
    private let parts = Mutex<[String: Int]>([:])

    /// The most streams that are remembered; what is forgotten is found again by trying.
    private static let capacity = 100

    /// From 1.
    func part(of stream: String) -> Int {
        parts.withLock { $0[stream] ?? 1 }
    }

    func isFull(_ part: Int, of stream: String) {
        parts.withLock { parts in
            if parts.count >= Self.capacity, parts[stream] == nil { parts = [:] }
            parts[stream] = max(parts[stream] ?? 1, part + 1)
        }
    }
}

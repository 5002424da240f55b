import Domain
import Synchronization

/// How many runs are under way in this process: decides whether one more may start.
///
/// The limit bounds memory and connections of this process.
final class AdmissionGate: Sendable {
    private struct Places {
        var taken: Set<RunID> = []
        var waiting: [RunID] = []
    }

    private let limit: Int
    private let places = Mutex(Places())

    init(limit: Int) {
        precondition(limit > 0)
        self.limit = limit
    }

    /// Takes a place for a run, or says why it has to wait. First come, first served.
    func admission(of run: RunID) -> Admission {
        places.withLock { places in
            if places.taken.contains(run) { return .admitted }
            if !places.waiting.contains(run) { places.waiting.append(run) }
            // Those before it have their places too, also when they were not told yet.
            guard let turn = places.waiting.firstIndex(of: run), turn < limit - places.taken.count else {
                return .queued(
                    RunQueued(
                        reason: .runnerFull,
                        message:
                            "\(places.taken.count) runs are under way, and \(limit) may be; it starts when one ends"
                    ))
            }
            places.waiting.remove(at: turn)
            places.taken.insert(run)
            return .admitted
        }
    }

    /// Takes a place for a run that was admitted before, whether or not the limit is reached.
    func readmit(_ run: RunID) {
        places.withLock { _ = $0.taken.insert(run) }
    }

    /// Gives a run's place back.
    ///
    /// - Returns: The runs that may start now, who has waited longest first.
    func leave(_ run: RunID) -> [RunID] {
        places.withLock { places in
            places.taken.remove(run)
            places.waiting.removeAll { $0 == run }
            return Array(places.waiting.prefix(max(0, limit - places.taken.count)))
        }
    }
}

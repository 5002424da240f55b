package import FoundationEssentials
import Synchronization

/// A clock that stands until a test moves it.
package final class ManualClock: Sendable {
    private let time: Mutex<Date>

    /// - Parameter now: Where it starts; by default some whole second.
    package init(_ now: Date = Date(timeIntervalSince1970: 1_800_000_000)) {
        time = Mutex(now)
    }

    package var now: Date { time.withLock { $0 } }

    /// Moves it on, or back by what is negative.
    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        time.withLock { $0 += TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18 }
    }
}

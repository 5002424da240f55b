import Postgres
import Synchronization

/// Says by NOTIFY how far the log, or what is made of it, has come: for the `TipWatcher`s of other processes.
///
/// What comes alone is announced at once; of what comes faster than `interval`, the last is. It is not part of the
/// transaction that it tells of: a commit that notifies waits for all others of the server that do, those in other
/// databases too, and wakes every listener. A process that ends before it has announced something loses a hint and
/// nothing else, since watchers also look by themselves.
final class TipAnnouncer: Sendable {
    private struct State {
        var latest: Int64 = 0
        var isAnnouncing = false
    }

    private let pool: PostgresPool
    private let channel: String
    private let state = Mutex(State())

    /// The shortest time between two announcements.
    private static let interval = Duration.milliseconds(10)

    init(_ pool: PostgresPool, channel: String) {
        self.pool = pool
        self.channel = channel
    }

    /// Returns at once.
    func announce(_ seq: Int64) {
        let begins = state.withLock { state in
            guard state.latest != seq else { return false }
            state.latest = seq
            defer { state.isAnnouncing = true }
            return !state.isAnnouncing
        }
        if begins { Task { await announceLatest() } }
    }

    private func announceLatest() async {
        while true {
            let announced = state.withLock(\.latest)
            _ = try? await pool.query("SELECT pg_notify($1, $2)", .init(channel, "\(announced)"))
            try? await Task.sleep(for: Self.interval)
            let goesOn = state.withLock { state in
                state.isAnnouncing = state.latest != announced
                return state.isAnnouncing
            }
            if !goesOn { return }
        }
    }
}

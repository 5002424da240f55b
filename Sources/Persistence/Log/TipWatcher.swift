import EventSourcing
import FoundationEssentials
import Postgres
import Synchronization

/// Knows how far the log (or what is made of it) has come, and wakes those who wait for more.
///
/// It asks the database, every second and whenever a notification says that there is more than is known. What a
/// notification says is not believed: anyone who may connect can send one.
final class TipWatcher: Sendable {
    private struct Tip {
        /// -1 as long as it is not known.
        var seq: Int64 = -1
        var waiters: [Int: (after: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
        /// Names the next waiter.
        var nextWaiter = 0
    }

    private let tip = Mutex(Tip())
    private let configuration: PostgresConfiguration
    private let channel: String
    private let query: String
    private let check: @Sendable (PostgresRow, Int64) throws -> Void
    private let mayFall: Bool

    /// How often the database is asked without being told of anything.
    private static let interval = Duration.seconds(1)

    /// - Parameters:
    ///   - channel: Where a `TipAnnouncer` announces seqs.
    ///   - query: Answers with one row, whose column `seq` says how far it is.
    ///   - mayFall: Whether it can be less far than before, so that the newest answer counts and not the highest.
    ///   - check: Looks at each such row, and gets how far it was known to be before; an `EventStoreError` that it
    ///     throws ends `run`.
    init(
        _ configuration: PostgresConfiguration, channel: String, query: String, mayFall: Bool = false,
        check: @escaping @Sendable (PostgresRow, Int64) throws -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.check = check
        self.channel = channel
        self.query = query
        self.mayFall = mayFall
    }

    /// How far it is known to have come; -1 as long as it is not.
    var seq: Int64 { tip.withLock { $0.seq } }

    /// It has come this far.
    func note(_ seq: Int64) {
        let woken = tip.withLock { tip -> [CheckedContinuation<Void, Never>] in
            guard seq > tip.seq else { return [] }
            tip.seq = seq
            let ready = tip.waiters.filter { $0.value.after < seq }
            for id in ready.keys { tip.waiters[id] = nil }
            return ready.values.map(\.continuation)
        }
        woken.forEach { $0.resume() }
    }

    /// The database says so.
    private func take(_ seq: Int64) {
        if mayFall { tip.withLock { $0.seq = min($0.seq, seq) } }
        note(seq)
    }

    /// Returns when the log has come further than `seq`, or `timeout` has passed.
    func wait(after seq: Int64, timeout: Duration) async throws {
        await withTaskGroup { group in
            group.addTask { await self.wait(after: seq) }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    /// Returns when it has come further than `seq`, or the task is cancelled, also when it was cancelled before.
    private func wait(after seq: Int64) async {
        let id = tip.withLock { tip in
            tip.nextWaiter += 1
            return tip.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let returnsNow = tip.withLock { tip in
                    if tip.seq > seq || Task.isCancelled { return true }
                    tip.waiters[id] = (seq, continuation)
                    return false
                }
                if returnsNow { continuation.resume() }
            }
        } onCancel: {
            wake(id)
        }
    }

    private func wake(_ id: Int) {
        tip.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
    }

    /// Watches the log until the task is cancelled; connects again whenever the connection breaks.
    func run() async throws {
        while true {
            do {
                try await watch()
            } catch let error as EventStoreError {
                throw error
            } catch {
                try Task.checkCancellation()
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func watch() async throws {
        let connection = try await PostgresConnection.connect(configuration)
        defer { connection.close() }
        let notifications = try await connection.notifications(on: channel)
        // One hint is as good as many.
        let (hints, hint) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup { group in
            group.addTask { [self] in
                for await notification in notifications where Int64(notification.payload) ?? .max > seq {
                    hint.yield()
                }
            }
            group.addTask {
                while true {
                    hint.yield()
                    try await Task.sleep(for: Self.interval)
                }
            }
            group.addTask { [self] in
                for await _ in hints {
                    let before = seq
                    guard let row = try await connection.query(query).first else { continue }
                    try check(row, before)
                    take(try row.decode("seq"))
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

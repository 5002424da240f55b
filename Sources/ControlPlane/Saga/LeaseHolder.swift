package import EventSourcing
import Synchronization

/// Holds one lease for as long as it is kept, and runs what only the owner may run.
package struct LeaseHolder: Sendable {
    private let leases: any LeaseStore
    private let name: String
    private let owner: String
    private let duration: Duration

    /// - Parameters:
    ///   - owner: Names this process: host, process id and a random part.
    ///   - duration: How long the lease lasts without being renewed; it is renewed three times as often.
    package init(leases: any LeaseStore, name: String, owner: String, duration: Duration = .seconds(9)) {
        self.leases = leases
        self.name = name
        self.owner = owner
        self.duration = duration
    }

    /// Waits for the lease, runs `work` under it, and gives it back.
    ///
    /// `work` is cancelled when the lease has another owner, or cannot be renewed before it runs out.
    ///
    /// - Returns: When the lease was lost or `work` ended; the caller decides whether to try again.
    package func hold(_ work: @escaping @Sendable (LeaseFence) async throws -> Void) async throws {
        let (fence, validity) = try await acquire()
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await work(fence) }
                group.addTask { try await renew(fence, validity) }
                group.addTask { [name] in
                    try await validity.waitForEnd()
                    throw EventStoreError.unavailable("the lease \(name) could not be renewed in time")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            await giveBack(fence)
            throw error
        }
        await giveBack(fence)
    }

    /// Gives the lease back, also for a task that was cancelled: the next owner of a role of a process that stops need
    /// not wait. One that cannot be given back runs out.
    private func giveBack(_ fence: LeaseFence) async {
        await Task { try? await leases.release(fence, owner: owner) }.value
    }

    private func acquire() async throws -> (LeaseFence, Validity) {
        while true {
            let asked = ContinuousClock.now
            if let fence = try await leases.acquire(name, owner: owner, duration: duration) {
                return (fence, Validity(until: asked + duration))
            }
            try await Task.sleep(for: duration / 15)
        }
    }

    /// Returns when the lease is lost.
    private func renew(_ fence: LeaseFence, _ validity: Validity) async throws {
        while true {
            try await Task.sleep(for: duration / 3)
            let asked = ContinuousClock.now
            // One that fails is tried again: when the lease runs out meanwhile, that is noticed elsewhere.
            let isHeld = try? await leases.renew(fence, owner: owner, duration: duration)
            if isHeld == false { return }
            if isHeld == true { validity.extend(to: asked + duration) }
            try Task.checkCancellation()
        }
    }

    /// Until when a lease holds without another renewal.
    private final class Validity: Sendable {
        private let end: Mutex<ContinuousClock.Instant>

        init(until end: ContinuousClock.Instant) {
            self.end = Mutex(end)
        }

        func extend(to end: ContinuousClock.Instant) {
            self.end.withLock { $0 = end }
        }

        /// Returns when the lease has run out. It does not wait for answers: one to a renewal may never come.
        func waitForEnd() async throws {
            while true {
                let end = end.withLock(\.self)
                guard end > .now else { return }
                try await Task.sleep(until: end, clock: .continuous)
            }
        }
    }
}

package import EventSourcing

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
        let fence = try await acquire()
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await work(fence) }
                group.addTask { try await renew(fence) }
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

    private func acquire() async throws -> LeaseFence {
        while true {
            if let fence = try await leases.acquire(name, owner: owner, duration: duration) { return fence }
            try await Task.sleep(for: duration / 15)
        }
    }

    /// Returns when the lease is lost.
    private func renew(_ fence: LeaseFence) async throws {
        let clock = ContinuousClock()
        var validUntil = clock.now + duration
        while true {
            try await Task.sleep(for: duration / 3)
            let asked = clock.now
            do {
                guard try await leases.renew(fence, owner: owner, duration: duration) else { return }
                validUntil = asked + duration
            } catch {
                if clock.now >= validUntil { throw error }
            }
        }
    }
}

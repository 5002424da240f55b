import ControlPlane
package import EventSourcing
package import FoundationEssentials
import Synchronization

/// Leases in memory, by a clock of the test. As in Postgres, nothing is done for a task that was cancelled.
package final class MemoryLeaseStore: LeaseStore {
    private struct Lease {
        var owner: String
        var epoch: Int64
        var expiry: Date
    }

    private let leases = Mutex<[String: Lease]>([:])
    private let refused = Mutex(0)
    private let now: @Sendable () -> Date
    private let grant: @Sendable (LeaseFence) -> Void

    /// - Parameter grant: Told of every new fence, which is the valid one for its name from then on.
    package init(now: @escaping @Sendable () -> Date, grant: @escaping @Sendable (LeaseFence) -> Void = { _ in }) {
        self.now = now
        self.grant = grant
    }

    package func acquire(_ name: String, owner: String, duration: Duration) async throws -> LeaseFence? {
        try Task.checkCancellation()
        let now = now()
        return leases.withLock { leases in
            let held = leases[name]
            if let held, held.expiry > now, held.owner != owner {
                refused.withLock { $0 += 1 }
                return nil
            }
            let lease = Lease(owner: owner, epoch: (held?.epoch ?? 0) + 1, expiry: now + duration.inSeconds)
            leases[name] = lease
            let fence = LeaseFence(name: name, epoch: lease.epoch)
            grant(fence)
            return fence
        }
    }

    package func renew(_ fence: LeaseFence, owner: String, duration: Duration) async throws -> Bool {
        try Task.checkCancellation()
        let now = now()
        return leases.withLock { leases in
            guard leases[fence.name]?.epoch == fence.epoch else { return false }
            leases[fence.name]?.expiry = now + duration.inSeconds
            return true
        }
    }

    package func release(_ fence: LeaseFence, owner: String) async throws {
        try Task.checkCancellation()
        leases.withLock { leases in
            if leases[fence.name]?.epoch == fence.epoch { leases[fence.name]?.expiry = .distantPast }
        }
    }

    /// How often somebody was told that a lease is held by somebody else.
    package var refusals: Int { refused.withLock { $0 } }

    /// When a lease runs out unless it is renewed.
    package func expiry(of name: String) -> Date { leases.withLock { $0[name]?.expiry ?? .distantPast } }

    /// Lets a lease run out, as when its owner stalls.
    package func expire(_ name: String) {
        leases.withLock { $0[name]?.expiry = .distantPast }
    }

    /// Who holds a lease; nil when nobody does.
    package func holder(of name: String) -> String? {
        let now = now()
        return leases.withLock { leases in leases[name].flatMap { $0.expiry > now ? $0.owner : nil } }
    }
}

extension Duration {
    fileprivate var inSeconds: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18
    }
}

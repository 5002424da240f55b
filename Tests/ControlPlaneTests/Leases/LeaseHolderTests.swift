import EventSourcing
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// Who may act, and for how long.
@Suite(.timeLimit(.minutes(1))) struct LeaseHolderTests {
    /// Runs until it is cancelled.
    private static func forever() async throws {
        try await Task.sleep(for: .seconds(600))
    }

    @Test func `work runs under a fence, and the lease is given back afterwards`() async throws {
        let leases = MemoryLeaseStore(now: Date.init)
        let seen = Mutex<[LeaseFence]>([])
        for _ in 0..<2 {
            try await LeaseHolder(leases: leases, name: "saga", owner: "a").hold { fence in
                #expect(leases.holder(of: "saga") == "a")
                seen.withLock { $0.append(fence) }
            }
            #expect(leases.holder(of: "saga") == nil)
        }
        #expect(seen.withLock { $0.map(\.epoch) } == [1, 2])
    }

    @Test func `work that throws gives the lease back, and its error goes on`() async throws {
        struct Broken: Error {}
        let leases = MemoryLeaseStore(now: Date.init)
        await #expect(throws: Broken.self) {
            try await LeaseHolder(leases: leases, name: "saga", owner: "a").hold { _ in throw Broken() }
        }
        #expect(leases.holder(of: "saga") == nil)
    }

    @Test func `a holder that is cancelled gives the lease back, so that the next one need not wait`() async throws {
        let leases = MemoryLeaseStore(now: Date.init)
        let holding = Task {
            try await LeaseHolder(leases: leases, name: "saga", owner: "a", duration: .seconds(600)).hold { _ in
                try await Self.forever()
            }
        }
        try await eventually("the lease is held") { leases.holder(of: "saga") == "a" }
        holding.cancel()
        await #expect(throws: CancellationError.self) { try await holding.value }
        #expect(leases.holder(of: "saga") == nil)
    }

    @Test func `a lease is renewed for as long as the work goes on`() async throws {
        let clock = ManualClock()
        let leases = MemoryLeaseStore(now: { clock.now })
        let holding = Task {
            try await LeaseHolder(leases: leases, name: "saga", owner: "a", duration: .seconds(3)).hold { _ in
                try await Self.forever()
            }
        }
        try await eventually("the lease is held") { leases.holder(of: "saga") == "a" }
        for _ in 0..<3 {
            // Half of its time is over; then it is renewed.
            let expiry = leases.expiry(of: "saga")
            clock.advance(by: .milliseconds(1_500))
            try await eventually("the lease is renewed") { leases.expiry(of: "saga") > expiry }
        }
        #expect(leases.holder(of: "saga") == "a")
        holding.cancel()
    }

    @Test func `work ends when the lease has another owner, and the next owner's epoch is higher`() async throws {
        let clock = ManualClock()
        let leases = MemoryLeaseStore(now: { clock.now })
        let epochs = Mutex<[Int64]>([])
        let first = LeaseHolder(leases: leases, name: "saga", owner: "a", duration: .seconds(3))
        let holding = Task {
            try await first.hold { fence in
                epochs.withLock { $0.append(fence.epoch) }
                try await Self.forever()
            }
        }
        try await eventually("the lease is held") { leases.holder(of: "saga") == "a" }
        // The owner stalls for longer than its lease; it may have renewed it a moment before somebody else asks.
        var next: LeaseFence?
        try await eventually("somebody else takes the lease") {
            leases.expire("saga")
            next = try await leases.acquire("saga", owner: "b", duration: .seconds(600))
            return next != nil
        }
        let taken = try #require(next)
        try await holding.value
        #expect(taken.epoch == 2)
        #expect(epochs.withLock { $0 } == [1])
        #expect(leases.holder(of: "saga") == "b", "the former owner gives back nothing that is not its own")
    }

    @Test func `work ends when the lease cannot be renewed before it runs out`() async throws {
        let leases = UnreachableLeases()
        await #expect(throws: EventStoreError.unavailable("the lease saga could not be renewed in time")) {
            try await LeaseHolder(leases: leases, name: "saga", owner: "a", duration: .milliseconds(60)).hold { _ in
                try await Self.forever()
            }
        }
        #expect(leases.renewals.withLock { $0 } > 0)
    }

    @Test func `work is cancelled when the lease runs out, also while a renewal is not answered`() async throws {
        let leases = SilentLeases()
        let holding = Task {
            try await LeaseHolder(leases: leases, name: "saga", owner: "a", duration: .milliseconds(60)).hold { _ in
                defer { leases.answer() }
                try await Self.forever()
            }
        }
        await #expect(throws: EventStoreError.self) { try await holding.value }
    }

    @Test func `who does not hold the lease waits for it`() async throws {
        let leases = MemoryLeaseStore(now: Date.init)
        let held = try #require(try await leases.acquire("saga", owner: "b", duration: .seconds(600)))
        let works = Mutex(false)
        let waiting = Task {
            try await LeaseHolder(leases: leases, name: "saga", owner: "a", duration: .milliseconds(60)).hold { _ in
                works.withLock { $0 = true }
            }
        }
        try await eventually("it was asked for") { leases.refusals > 2 }
        #expect(!works.withLock { $0 })
        try await leases.release(held, owner: "b")
        try await waiting.value
        #expect(works.withLock { $0 })
    }
}

/// Leases that can be taken, and cannot be reached afterwards.
private final class UnreachableLeases: LeaseStore {
    struct Outage: Error {}

    let renewals = Mutex(0)

    func acquire(_ name: String, owner: String, duration: Duration) async throws -> LeaseFence? {
        LeaseFence(name: name, epoch: 1)
    }

    func renew(_ fence: LeaseFence, owner: String, duration: Duration) async throws -> Bool {
        renewals.withLock { $0 += 1 }
        throw Outage()
    }

    func release(_ fence: LeaseFence, owner: String) async throws { throw Outage() }
}

/// A lease whose renewal is answered only when the work under it has ended.
private final class SilentLeases: LeaseStore {
    private let asked = Mutex<[CheckedContinuation<Void, Never>]>([])

    func answer() {
        let waiting = asked.withLock { asked in
            defer { asked = [] }
            return asked
        }
        waiting.forEach { $0.resume() }
    }

    func acquire(_ name: String, owner: String, duration: Duration) async throws -> LeaseFence? {
        LeaseFence(name: name, epoch: 1)
    }

    func renew(_ fence: LeaseFence, owner: String, duration: Duration) async throws -> Bool {
        await withCheckedContinuation { continuation in asked.withLock { $0.append(continuation) } }
        return true
    }

    func release(_ fence: LeaseFence, owner: String) async throws {}
}

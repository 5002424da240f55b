import EventSourcing
import Testing

extension EventStoreContract {
    private static func key(_ key: String, scope: String = "user:ada POST /things", print: UInt8 = 1) -> IdempotencyKey
    {
        IdempotencyKey(scope: scope, key: key, fingerprint: [UInt8](repeating: print, count: 32))
    }

    /// Requests that come again.
    static let idempotencyChecks: [Check] = [
        Check("A request that comes again gets the first one's receipt, and nothing is added") { log async throws in
            let receipt = try await log.appended(ContractLog.write("a", .exactly(0), events: 2), key: key("1"))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(0), events: 2), key: key("1"))
                    == .duplicate(receipt))
            #expect(try await log.append(ContractLog.write("b", .exactly(0)), key: key("1")) == .duplicate(receipt))
            try await log.expectGapless(2)
        },
        Check("A key that was used for another request is refused, with where that one stands") { log async throws in
            try await log.appended(ContractLog.write("z", .exactly(0)))
            try await log.appended(ContractLog.write("a", .exactly(0), events: 2), key: key("1"))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(2)), key: key("1", print: 2))
                    == .keyReused(firstSeq: 2))
            try await log.expectGapless(3)
        },
        Check("The same key in another scope is another key") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), key: key("1"))
            try await log.appended(ContractLog.write("b", .exactly(0)), key: key("1", scope: "user:bob POST /things"))
            try await log.appended(ContractLog.write("c", .exactly(0)), key: key("2"))
            try await log.expectGapless(3)
        },
        Check("Scope and key are kept apart, whatever is in them") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)), key: key("b", scope: "a "))
            try await log.appended(ContractLog.write("b", .exactly(0)), key: key(" b", scope: "a"))
            try await log.appended(ContractLog.write("c", .exactly(0)), key: key("B", scope: "a "))
            try await log.expectGapless(3)
        },
        Check("A refused request does not use up its key") { log async throws in
            #expect(
                try await log.append(ContractLog.write("a", .exactly(1)), key: key("1"))
                    == .versionConflict(ContractLog.stream("a"), actual: 0))
            #expect(try await log.store.receipt(for: key("1")) == nil)
            try await log.appended(ContractLog.write("a", .exactly(0)), key: key("1"))
        },
        Check("The receipt of a key can be asked for") { log async throws in
            #expect(try await log.store.receipt(for: key("1")) == nil)
            let receipt = try await log.appended(ContractLog.write("a", .exactly(0), events: 2), key: key("1"))
            #expect(try await log.store.receipt(for: key("1")) == .duplicate(receipt))
            #expect(try await log.store.receipt(for: key("1", print: 2)) == .keyReused(firstSeq: 1))
            #expect(try await log.store.receipt(for: key("2")) == nil)
            #expect(try await log.store.receipt(for: key("1", scope: "user:bob")) == nil)
        },
    ]

    /// Leases.
    static let fenceChecks: [Check] = [
        Check("Who holds the lease may write") { log async throws in
            try await log.grant(LeaseFence(name: "saga", epoch: 1))
            try await log.appended(ContractLog.write("a", .exactly(0)), fence: LeaseFence(name: "saga", epoch: 1))
        },
        Check("Who held the lease before may not write any more") { log async throws in
            let (former, present) = (LeaseFence(name: "saga", epoch: 1), LeaseFence(name: "saga", epoch: 2))
            try await log.grant(former)
            try await log.grant(present)
            #expect(try await log.append(ContractLog.write("a", .exactly(0)), fence: former) == .fenced(former))
            try await log.appended(ContractLog.write("a", .exactly(0)), fence: present)
            try await log.expectGapless(1)
        },
        Check("A lease that nobody holds permits nothing") { log async throws in
            let fence = LeaseFence(name: "saga", epoch: 1)
            #expect(try await log.append(ContractLog.write("a", .any), fence: fence) == .fenced(fence))
        },
        Check("Leases of other names do not matter") { log async throws in
            try await log.grant(LeaseFence(name: "saga", epoch: 1))
            try await log.grant(LeaseFence(name: "projector", epoch: 1))
            try await log.grant(LeaseFence(name: "projector", epoch: 2))
            try await log.appended(ContractLog.write("a", .exactly(0)), fence: LeaseFence(name: "saga", epoch: 1))
        },
        Check("An epoch that was not reached permits nothing") { log async throws in
            try await log.grant(LeaseFence(name: "saga", epoch: 1))
            let fence = LeaseFence(name: "saga", epoch: 2)
            #expect(try await log.append(ContractLog.write("a", .any), fence: fence) == .fenced(fence))
        },
    ]
}

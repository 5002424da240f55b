import EventSourcing
import Testing

extension EventStoreContract {
    private static let taken = Claim(scope: "names", name: "taken")
    private static let free = Claim(scope: "names", name: "free")
    private static let key = IdempotencyKey(scope: "s", key: "k", fingerprint: [1])
    private static let otherRequest = IdempotencyKey(scope: "s", key: "k", fingerprint: [2])
    private static let lost = LeaseFence(name: "lease", epoch: 7)
    private static let closed = ContractLog.write("closed", .exactly(9))
    private static let stale = ContractLog.write("open", .exactly(9))

    /// A log in which every check can fail: a closed stream, a stream of version 1, a taken name, a used key.
    private static func prepare(_ log: ContractLog) async throws -> AppendReceipt {
        try await log.appended(ContractLog.write("closed", .exactly(0), closes: true))
        try await log.appended(
            ContractLog.write("open", .exactly(0)), claims: [.take(taken, for: ContractLog.stream("open"))])
        return try await log.appended(ContractLog.write("keyed", .exactly(0)), key: key)
    }

    private static let takesTaken: [ClaimChange] = [.take(taken, for: ContractLog.stream("new"))]

    /// In which order checks are made, and that a refused request leaves nothing.
    static let refusalChecks: [Check] = [
        Check("A known key answers before lease, streams and names are looked at") { log async throws in
            let receipt = try await prepare(log)
            #expect(try await log.append(closed, claims: takesTaken, key: key, fence: lost) == .duplicate(receipt))
            #expect(
                try await log.append(closed, claims: takesTaken, key: otherRequest, fence: lost)
                    == .keyReused(firstSeq: receipt.firstSeq))
        },
        Check("The lease is looked at before streams and names") { log async throws in
            _ = try await prepare(log)
            #expect(try await log.append(closed, claims: takesTaken, fence: lost) == .fenced(lost))
            #expect(try await log.append(stale, claims: takesTaken, fence: lost) == .fenced(lost))
            #expect(
                try await log.append(ContractLog.write("new", .any), claims: takesTaken, fence: lost) == .fenced(lost))
        },
        Check("A closed stream is told before its version") { log async throws in
            _ = try await prepare(log)
            #expect(try await log.append(closed, claims: takesTaken) == .streamClosed(closed.stream))
        },
        Check("Streams are looked at before names") { log async throws in
            _ = try await prepare(log)
            #expect(
                try await log.append(stale, claims: takesTaken) == .versionConflict(stale.stream, actual: 1))
        },
        Check("A request that is refused leaves nothing: no event, no name, no key, no closed stream") {
            log async throws in
            _ = try await prepare(log)
            let unused = IdempotencyKey(scope: "s", key: "unused", fingerprint: [3])
            let before = try await log.all()
            let good = ContractLog.write("good", .exactly(0), events: 2, closes: true)
            let claims: [ClaimChange] = [
                .take(free, for: good.stream), .release(taken, by: ContractLog.stream("open")),
            ]
            for refused in [
                try await log.append(good, stale, claims: claims, key: unused),
                try await log.append(good, closed, claims: claims, key: unused),
                try await log.append(good, claims: claims, key: unused, fence: lost),
                try await log.append(good, claims: [claims[0]] + takesTaken, key: unused),
            ] {
                #expect(refused.receipt == nil)
            }
            #expect(try await log.all() == before)
            #expect(try await log.store.receipt(for: unused) == nil)
            #expect(
                try await log.append(ContractLog.write("new", .exactly(0)), claims: takesTaken)
                    == .nameTaken(taken, by: ContractLog.stream("open")))
            try await log.appended(
                ContractLog.write("good", .exactly(0)), claims: [.take(free, for: good.stream)], key: unused)
            try await log.appended(ContractLog.write("good", .exactly(1)))
        },
    ]
}

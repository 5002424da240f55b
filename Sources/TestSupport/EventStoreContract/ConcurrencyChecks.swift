import EventSourcing
import Testing

extension EventStoreContract {
    private static let writers = 32

    /// Runs `work` for each writer at the same time; what they return, in the writers' order.
    private static func together<Value: Sendable>(
        _ work: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for writer in 0..<writers { group.addTask { (writer, try await work(writer)) } }
            var values: [Int: Value] = [:]
            for try await (writer, value) in group { values[writer] = value }
            return (0..<writers).compactMap { values[$0] }
        }
    }

    /// Many writers at the same time.
    static let concurrencyChecks: [Check] = [
        Check("Of many who write the same version of a stream, one wins and the others are told the version") {
            log async throws in
            for version in 0..<4 {
                let outcomes = try await together { _ in
                    try await log.append(ContractLog.write("a", .exactly(version)))
                }
                let refused = outcomes.filter { $0.receipt == nil }
                #expect(refused.count == writers - 1)
                #expect(
                    refused.allSatisfy { $0 == .versionConflict(ContractLog.stream("a"), actual: version + 1) })
            }
            try await log.expectGapless(4)
        },
        Check("Many who append to one stream and try again all get through, without a gap") { log async throws in
            let receipts = try await together { _ in
                var version = 0
                while true {
                    switch try await log.append(ContractLog.write("a", .exactly(version), events: 2)) {
                    case .appended(let receipt): return receipt
                    case .versionConflict(_, let actual):
                        #expect(actual > version)
                        version = actual
                    case let other:
                        Issue.record("\(other)")
                        throw CancellationError()
                    }
                }
            }
            let seqs = receipts.flatMap { [$0.firstSeq, $0.lastSeq] }.sorted()
            #expect(seqs == Array(1...Int64(writers * 2)))
            #expect(receipts.allSatisfy { $0.lastSeq == $0.firstSeq + 1 })
            try await log.expectGapless(writers * 2)
        },
        Check("Many who append to streams of their own never stand in each other's way") { log async throws in
            let receipts = try await together { writer in
                try await (0..<4).asyncMap { try await log.appended(ContractLog.write("w\(writer)", .exactly($0))) }
            }
            for own in receipts { #expect(own.map(\.firstSeq) == own.map(\.firstSeq).sorted()) }
            #expect(receipts.joined().map(\.firstSeq).sorted() == Array(1...Int64(writers * 4)))
            try await log.expectGapless(writers * 4)
        },
        Check("One request's refusal never fails those that come with it") { log async throws in
            let outcomes = try await together { writer in
                try await log.append(
                    ContractLog.write("w\(writer)", .exactly(writer % 2), events: 3),
                    claims: [.take(Claim(scope: "s", name: "n\(writer)"), for: ContractLog.stream("w\(writer)"))])
            }
            for (writer, outcome) in outcomes.enumerated() where writer % 2 == 1 {
                #expect(outcome == .versionConflict(ContractLog.stream("w\(writer)"), actual: 0))
            }
            #expect(outcomes.filter { $0.receipt != nil }.count == writers / 2)
            try await log.expectGapless(writers / 2 * 3)
        },
        Check("Of many who send the same request at the same time, one is recorded and all get its receipt") {
            log async throws in
            let key = IdempotencyKey(scope: "s", key: "k", fingerprint: [1, 2, 3])
            let outcomes = try await together { writer in
                try await log.append(ContractLog.write("w\(writer)", .exactly(0)), key: key)
            }
            let receipts = outcomes.compactMap(\.receipt)
            try #require(receipts.count == 1)
            #expect(outcomes.filter { $0 == .duplicate(receipts[0]) }.count == writers - 1)
            try await log.expectGapless(1)
        },
        Check("Of many who take the same name at the same time, one gets it and the others are told who") {
            log async throws in
            let name = Claim(scope: "s", name: "n")
            let outcomes = try await together { writer in
                try await log.append(
                    ContractLog.write("w\(writer)", .exactly(0)),
                    claims: [.take(name, for: ContractLog.stream("w\(writer)"))])
            }
            let holder = try #require(outcomes.firstIndex { $0.receipt != nil })
            let refusal = AppendOutcome.nameTaken(name, by: ContractLog.stream("w\(holder)"))
            #expect(outcomes.filter { $0 == refusal }.count == writers - 1)
            try await log.expectGapless(1)
        },
    ]
}

extension Sequence {
    /// The results of `work` on the elements, one after the other.
    fileprivate func asyncMap<Value>(_ work: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await work(element)) }
        return values
    }
}

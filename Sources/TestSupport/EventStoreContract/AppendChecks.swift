import EventSourcing
import Testing

extension EventStoreContract {
    /// What is recorded, and where.
    static let appendChecks: [Check] = [
        Check("An empty log has head 0 and no events") { log async throws in
            #expect(try await log.store.head() == 0)
            #expect(try await log.all() == [])
            #expect(try await log.store.readStream(ContractLog.stream("a"), after: 0, limit: 10) == [])
        },
        Check("Seqs are gapless from 1 over all streams, versions in each") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0), events: 2))
            try await log.appended(ContractLog.write("b", .exactly(0), events: 3))
            try await log.appended(ContractLog.write("a", .exactly(2)))
            try await log.expectGapless(6)
        },
        Check("A receipt names the first and last seq and the time of its events") { log async throws in
            let first = try await log.appended(ContractLog.write("a", .exactly(0), events: 3))
            let second = try await log.appended(ContractLog.write("b", .exactly(0)))
            #expect(first.firstSeq == 1 && first.lastSeq == 3)
            #expect(second.firstSeq == 4 && second.lastSeq == 4)
            #expect(try await log.all().map(\.recordedAt) == [first, first, first, second].map(\.recordedAt))
        },
        Check("Times never go back as seqs go on") { log async throws in
            for number in 0..<20 { try await log.appended(ContractLog.write("a", .exactly(number))) }
            let times = try await log.all().map(\.recordedAt)
            #expect(times == times.sorted())
        },
        Check("One request writes several streams, in the order of its writes") { log async throws in
            let receipt = try await log.appended(
                ContractLog.write("b", .exactly(0), events: 2), ContractLog.write("a", .exactly(0)),
                ContractLog.write("c", .any, events: 2))
            #expect(receipt.firstSeq == 1 && receipt.lastSeq == 5)
            #expect(try await log.all().map(\.stream.id) == ["b", "b", "a", "c", "c"])
            try await log.expectGapless(5)
        },
        Check("Nothing follows in a stream that was closed; other streams go on") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0), events: 2, closes: true))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(2))) == .streamClosed(ContractLog.stream("a")))
            #expect(try await log.append(ContractLog.write("a", .any)) == .streamClosed(ContractLog.stream("a")))
            try await log.appended(ContractLog.write("b", .exactly(0)))
            try await log.expectGapless(3)
        },
        Check("A stream may be closed by a later write, and the events before stay") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)))
            try await log.appended(ContractLog.write("a", .exactly(1), closes: true))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(2))) == .streamClosed(ContractLog.stream("a")))
            try await log.expectGapless(2)
        },
    ]

    /// Expected versions.
    static let versionChecks: [Check] = [
        Check("A stream that must not exist is refused when it does, with its version") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0), events: 3))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(0)))
                    == .versionConflict(ContractLog.stream("a"), actual: 3))
        },
        Check("A version ahead of the stream is refused, with the stream's version") { log async throws in
            #expect(
                try await log.append(ContractLog.write("a", .exactly(1)))
                    == .versionConflict(ContractLog.stream("a"), actual: 0))
            try await log.appended(ContractLog.write("a", .exactly(0), events: 2))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(5)))
                    == .versionConflict(ContractLog.stream("a"), actual: 2))
        },
        Check("Any version is fine for a write that expects none") { log async throws in
            try await log.appended(ContractLog.write("a", .any))
            try await log.appended(ContractLog.write("a", .any, events: 2))
            try await log.expectGapless(3)
        },
        Check("A conflict in one stream of a request names that stream") { log async throws in
            try await log.appended(ContractLog.write("b", .exactly(0)))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(0)), ContractLog.write("b", .exactly(0)))
                    == .versionConflict(ContractLog.stream("b"), actual: 1))
            try await log.expectGapless(1)
        },
    ]
}

import EventSourcing
import Testing

extension EventStoreContract {
    /// Longer than any wait of a check that is kept; only a check that fails takes this long.
    private static let limit = Duration.seconds(60)
    private static let forever = Duration.seconds(3_600)

    /// Waits that wake up.
    static let waitingChecks: [Check] = [
        Check("A wait for events that are there returns at once") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0), events: 2))
            await expectReturn { try await log.store.waitForEvents(after: 0, timeout: forever) }
            await expectReturn { try await log.store.waitForEvents(after: 1, timeout: forever) }
        },
        Check("A wait ends when its event is recorded, whoever comes first") { log async throws in
            for number in 0..<20 {
                async let found = next(after: Int64(number), log)
                try await log.appended(ContractLog.write("a", .exactly(number)))
                #expect(try await found?.seq == Int64(number + 1))
            }
        },
        Check("All who wait are woken") { log async throws in
            try await withThrowingTaskGroup(of: EventEnvelope?.self) { group in
                for _ in 0..<16 { group.addTask { try await next(after: 0, log) } }
                try await log.appended(ContractLog.write("a", .exactly(0)))
                for try await found in group { #expect(found?.seq == 1) }
            }
        },
        Check("A wait without an event ends with its time-out, however short that is") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0)))
            await expectReturn { try await log.store.waitForEvents(after: 1, timeout: .milliseconds(5)) }
            await expectReturn {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<500 {
                        group.addTask { try await log.store.waitForEvents(after: 1, timeout: .zero) }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await log.store.head() == 1)
        },
        Check("A wait ends when its task is cancelled") { log async throws in
            await expectReturn {
                await withThrowingTaskGroup { group in
                    for _ in 0..<50 {
                        group.addTask { try await log.store.waitForEvents(after: 0, timeout: forever) }
                    }
                    group.cancelAll()
                    while let result = await group.nextResult() {
                        #expect(throws: CancellationError.self) { try result.get() }
                    }
                }
            }
        },
    ]

    /// The first event after `seq`, waited for as consumers of the log wait.
    private static func next(after seq: Int64, _ log: ContractLog) async throws -> EventEnvelope? {
        try await withThrowingTaskGroup { group in
            group.addTask { () -> EventEnvelope? in
                while true {
                    if let event = try await log.store.readAll(after: seq, limit: 1).first { return event }
                    try await log.store.waitForEvents(after: seq, timeout: forever)
                }
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Records an issue unless `work` returns within the limit.
    private static func expectReturn(
        sourceLocation: SourceLocation = #_sourceLocation, _ work: @escaping @Sendable () async throws -> Void
    ) async {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    try await work()
                    return nil
                } catch {
                    return "it threw \(error)"
                }
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return "it did not return within \(limit)"
            }
            if let problem = await group.next() ?? nil {
                Issue.record("\(problem)", sourceLocation: sourceLocation)
            }
            group.cancelAll()
        }
    }
}

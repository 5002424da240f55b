import EventSourcing
import Testing

extension EventStoreContract {
    /// Bounds.
    static let boundChecks: [Check] = [
        Check("As many events as a request may have are taken, one more is refused as too large") { log async throws in
            let most = AppendRequest.maximumEvents
            try await log.appended(ContractLog.write("a", .exactly(0), events: most))
            await expectTooLarge { try await log.append(ContractLog.write("a", .exactly(most), events: most + 1)) }
            await expectTooLarge {
                try await log.append(ContractLog.write("b", .any, events: most), ContractLog.write("c", .any))
            }
            try await log.expectGapless(most)
        },
        Check("A payload as long as it may be is taken, one byte more is refused as too large") { log async throws in
            func write(bytes: Int, at version: Int) -> StreamWrite {
                // “é” is two bytes: the bound counts bytes.
                let filling = String(repeating: "é", count: (bytes - 8) / 2) + (bytes % 2 == 0 ? "" : "e")
                let event = EncodedEvent(type: "thing.happened", schemaVersion: 1, payload: "{\"a\":\"\(filling)\"}")
                #expect(event.payload.utf8.count == bytes)
                return StreamWrite(stream: ContractLog.stream("a"), expected: .exactly(version), events: [event])
            }
            let most = AppendRequest.maximumPayloadBytes
            try await log.appended(write(bytes: most, at: 0))
            await expectTooLarge { try await log.append(write(bytes: most + 1, at: 1)) }
            let all = try await log.all()
            #expect(all.map(\.event.payload.utf8.count) == [most])
        },
        Check("Metadata as long as they may be are taken, one byte more is refused as too large") { log async throws in
            func request(bytes: Int) throws -> AppendRequest {
                var metadata = EventMetadata(actor: "user:ada", requestID: "")
                let rest = bytes - metadata.jsonText().utf8.count
                metadata.requestID = String(repeating: "r", count: rest)
                return AppendRequest(writes: [ContractLog.write("a", .any)], metadata: metadata)
            }
            let most = AppendRequest.maximumMetadataBytes
            #expect(try await log.store.append(request(bytes: most)).receipt != nil)
            await expectTooLarge { try await log.store.append(request(bytes: most + 1)) }
            try await log.expectGapless(1)
        },
        Check("A request of many large events is refused as too large, though each of them is not") {
            log async throws in
            let payload = "{\"a\":\"\(String(repeating: "x", count: 900_000))\"}"
            let event = EncodedEvent(type: "thing.happened", schemaVersion: 1, payload: payload)
            func write(events count: Int) -> StreamWrite {
                StreamWrite(
                    stream: ContractLog.stream("a"), expected: .any, events: Array(repeating: event, count: count))
            }
            try await log.appended(write(events: 9))
            await expectTooLarge { try await log.append(write(events: 10)) }
            try await log.expectGapless(9)
        },
        Check("Names and keys longer than an index takes are refused as too large") { log async throws in
            let long = String(repeating: "k", count: AppendRequest.maximumNameBytes)
            let key = IdempotencyKey(scope: "", key: long, fingerprint: [1])
            let claim = Claim(scope: "", name: long)
            try await log.appended(
                ContractLog.write("a", .any), claims: [.take(claim, for: ContractLog.stream("a"))], key: key)
            let longer = IdempotencyKey(scope: "s", key: long, fingerprint: [1])
            await expectTooLarge { try await log.append(ContractLog.write("a", .any), key: longer) }
            let name = Claim(scope: "s", name: long)
            await expectTooLarge {
                try await log.append(
                    ContractLog.write("a", .any), claims: [.take(name, for: ContractLog.stream("a"))])
            }
            let stream = String(repeating: "s", count: StreamName.maximumLength)
            await expectTooLarge { try await log.append(ContractLog.write(stream, .any)) }
            try await log.expectGapless(1)
        },
        Check("A request that records nothing, or names a stream twice, is refused as malformed") { log async throws in
            let empty = StreamWrite(stream: ContractLog.stream("a"), expected: .any, events: [])
            let twice = [ContractLog.write("a", .any), ContractLog.write("a", .any)]
            for writes in [[], [empty], [ContractLog.write("b", .any), empty], twice] {
                await #expect {
                    try await log.store.append(ContractLog.request(writes))
                } throws: {
                    if case .malformed? = $0 as? EventStoreError { true } else { false }
                }
            }
            #expect(try await log.store.head() == 0)
        },
    ]

    private static var shortStreams: EventStoreLimits {
        var limits = EventStoreLimits()
        limits.streamLength = 5
        return limits
    }

    /// How long a stream may become.
    static let lengthChecks: [Check] = [
        Check("A stream takes as many events as it may have, and refuses one more with the bound", limits: shortStreams)
        {
            log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0), events: 4))
            #expect(
                try await log.append(ContractLog.write("a", .exactly(4), events: 2))
                    == .streamFull(ContractLog.stream("a"), limit: 5))
            try await log.appended(ContractLog.write("a", .exactly(4)))
            for expected in [ExpectedVersion.exactly(5), .any] {
                #expect(
                    try await log.append(ContractLog.write("a", expected))
                        == .streamFull(ContractLog.stream("a"), limit: 5))
            }
            #expect(
                try await log.append(ContractLog.write("a", .exactly(4)))
                    == .versionConflict(ContractLog.stream("a"), actual: 5))
            #expect(
                try await log.append(ContractLog.write("b", .exactly(0), events: 6))
                    == .streamFull(ContractLog.stream("b"), limit: 5))
            try await log.expectGapless(5)
        },
        Check("A full stream in one request refuses all of it, and nothing of its neighbours", limits: shortStreams) {
            log async throws in
            try await log.appended(ContractLog.write("full", .exactly(0), events: 5))
            let outcomes = try await withThrowingTaskGroup(of: (Int, AppendOutcome).self) { group in
                for writer in 0..<20 {
                    group.addTask {
                        let own = ContractLog.write("w\(writer)", .exactly(0), events: 2)
                        let writes = writer % 2 == 0 ? [own] : [own, ContractLog.write("full", .any)]
                        return (writer, try await log.store.append(ContractLog.request(writes)))
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (writer, outcome) in outcomes {
                #expect(
                    writer % 2 == 0
                        ? outcome.receipt != nil : outcome == .streamFull(ContractLog.stream("full"), limit: 5))
            }
            try await log.expectGapless(25)
        },
    ]

    private static var briefReceipts: EventStoreLimits {
        var limits = EventStoreLimits()
        limits.receiptLifetime = .zero
        return limits
    }

    /// Receipts that have expired.
    static let expiryChecks: [Check] = [
        Check(
            "A key whose receipt has expired may be used again, by the same and by another request",
            limits: briefReceipts
        ) {
            log async throws in
            let key = IdempotencyKey(scope: "s", key: "k", fingerprint: [1])
            let other = IdempotencyKey(scope: "s", key: "k", fingerprint: [2])
            try await log.appended(ContractLog.write("a", .exactly(0)), key: key)
            #expect(try await log.store.receipt(for: key) == nil)
            try await log.appended(ContractLog.write("a", .exactly(1)), key: key)
            try await log.appended(ContractLog.write("a", .exactly(2)), key: other)
            try await log.expectGapless(3)
        }
    ]

    private static func expectTooLarge(
        sourceLocation: SourceLocation = #_sourceLocation, _ append: () async throws -> AppendOutcome
    ) async {
        do {
            let outcome = try await append()
            Issue.record("taken: \(outcome)", sourceLocation: sourceLocation)
        } catch EventStoreError.tooLarge(let bound) {
            #expect(!bound.isEmpty, sourceLocation: sourceLocation)
        } catch {
            Issue.record("not too large, but \(error)", sourceLocation: sourceLocation)
        }
    }
}

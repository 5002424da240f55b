import EventSourcing
import Testing

extension EventStoreContract {
    /// Pages.
    static let readingChecks: [Check] = [
        Check("The log is read page by page, each event once and in order") { log async throws in
            for number in 0..<7 {
                try await log.appended(ContractLog.write(number % 2 == 0 ? "a" : "b", .any, events: 3))
            }
            let all = try await log.all()
            for limit in [1, 2, 5, 21, 1_000] {
                var read: [EventEnvelope] = []
                while true {
                    let page = try await log.store.readAll(after: read.last?.seq ?? 0, limit: limit)
                    #expect(page.count <= limit)
                    if page.isEmpty { break }
                    read += page
                }
                #expect(read == all)
            }
        },
        Check("A stream is read page by page, without the others' events") { log async throws in
            for _ in 0..<5 {
                try await log.appended(ContractLog.write("a", .any, events: 2), ContractLog.write("b", .any))
            }
            let stream = ContractLog.stream("a")
            for limit in [1, 3, 10, 1_000] {
                var read: [EventEnvelope] = []
                while true {
                    let page = try await log.store.readStream(stream, after: read.count, limit: limit)
                    #expect(page.count <= limit)
                    if page.isEmpty { break }
                    read += page
                }
                #expect(read.map(\.version) == Array(1...10))
                #expect(read.allSatisfy { $0.stream == stream })
            }
        },
        Check("A category is read piece by piece of the log, and how far that was is told") { log async throws in
            for number in 0..<5 {
                try await log.appended(ContractLog.write("a", .any, events: 2))
                let other = StreamWrite(
                    stream: StreamName(category: "other", id: "\(number)"), expected: .any,
                    events: [EncodedEvent(type: "other.happened", schemaVersion: 1, payload: "{}")])
                try await log.appended(other)
            }
            let wanted = try await log.all().filter { $0.stream.category == "other" }
            for limit in [1, 2, 4, 1_000] {
                var (read, seq): ([EventEnvelope], Int64) = ([], 0)
                while seq < 15 {
                    let page = try await log.store.readCategory("other", after: seq, limit: limit)
                    #expect(page.throughSeq > seq && page.throughSeq <= seq + Int64(limit))
                    #expect(page.events.allSatisfy { $0.seq > seq && $0.seq <= page.throughSeq })
                    read += page.events
                    seq = page.throughSeq
                }
                #expect(read == wanted)
                let end = try await log.store.readCategory("other", after: seq, limit: limit)
                #expect(end == CategoryPage(events: [], throughSeq: seq))
            }
        },
        Check("There is nothing after the end") { log async throws in
            try await log.appended(ContractLog.write("a", .exactly(0), events: 2))
            #expect(try await log.store.readAll(after: 2, limit: 10) == [])
            #expect(try await log.store.readAll(after: 1_000_000, limit: 10) == [])
            #expect(try await log.store.readStream(ContractLog.stream("a"), after: 2, limit: 10) == [])
            #expect(try await log.store.readStream(ContractLog.stream("unknown"), after: 0, limit: 10) == [])
        },
        Check("The log's epoch stays what it is while events are recorded") { log async throws in
            let epoch = try await log.store.epoch()
            try await log.appended(ContractLog.write("a", .exactly(0)))
            #expect(try await log.store.epoch() == epoch)
            #expect(StoreEpoch(epoch.description) == epoch)
        },
        Check("A stream that is longer than a page is read whole") { log async throws in
            let count = AppendRequest.maximumEvents
            for batch in 0...10 {
                try await log.appended(ContractLog.write("a", .exactly(batch * count), events: count))
            }
            let whole = try await log.store.readWholeStream(ContractLog.stream("a"))
            #expect(whole.map(\.version) == Array(1...(11 * count)))
        },
    ]
}

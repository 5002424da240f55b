import EventSourcing
import Foundation
import TestSupport
import Testing

@Suite struct TransactorTests {
    private let clock = ManualClock()
    private let store: MemoryEventStore
    private let stream = StreamName(category: "counter", id: "1")

    init() {
        let clock = clock
        store = MemoryEventStore(now: { clock.now })
    }

    private func context(
        _ key: String? = nil, print: UInt8 = 1, fence: LeaseFence? = nil
    ) -> CommandContext {
        CommandContext(
            metadata: EventMetadata(actor: "user:ada", requestID: "r1"),
            idempotency: key.map { IdempotencyKey(scope: "s", key: $0, fingerprint: [print]) }, fence: fence)
    }

    private func transact(
        _ command: CounterDecider.Command, on id: String = "1", isNew: Bool = false, _ context: CommandContext? = nil,
        in other: (any EventStore)? = nil
    ) async throws -> Transaction<CounterDecider.State> {
        try await Transactor(store: other ?? store).transact(
            CounterDecider.self, command, on: id, isNew: isNew, context: context ?? self.context())
    }

    private func types() async throws -> [String] {
        try await store.readAll(after: 0, limit: 1_000).map(\.event.type)
    }

    // What a command becomes

    @Test func `a command's events are recorded in its stream, with who did it and when`() async throws {
        let opened = try await transact(.open(name: "a"))
        clock.advance(by: .seconds(5))
        let added = try await transact(.add(3))
        #expect(opened.receipt?.firstSeq == 1 && added.receipt?.firstSeq == 2 && added.receipt?.lastSeq == 2)
        #expect(added.state == CounterDecider.State(name: "a", sum: 3) && added.version == 2 && !added.isReplay)
        let events = try await store.readWholeStream(stream)
        #expect(events.map(\.metadata.actor) == ["user:ada", "user:ada"])
        #expect(events.map(\.recordedAt) == [clock.now - 5, clock.now])
    }

    @Test func `several events of one command are recorded together`() async throws {
        let done = try await transact(.burst(AppendRequest.maximumEvents))
        #expect(done.version == 100 && done.receipt?.lastSeq == 100)
        await #expect(throws: EventStoreError.self) { try await transact(.burst(AppendRequest.maximumEvents + 1)) }
    }

    @Test func `a command that changes nothing is not recorded, and has no receipt`() async throws {
        _ = try await transact(.open(name: "a"))
        let again = try await transact(.open(name: "a"))
        #expect(again.receipt == nil && again.version == 1 && again.state.name == "a" && !again.isReplay)
        #expect(try await types() == ["counter.opened"])
    }

    @Test func `a refusal comes out as the decider threw it, and records nothing`() async throws {
        await #expect(throws: CounterDecider.Refusal(rule: "a counter is opened first")) { try await transact(.add(1)) }
        #expect(try await store.head() == 0)
    }

    @Test func `a stream that reaches its end is closed, and its name is free`() async throws {
        _ = try await transact(.open(name: "a"))
        _ = try await transact(.close)
        await #expect(throws: TransactionFailure.streamClosed(stream)) { try await transact(.add(1)) }
        _ = try await transact(.open(name: "A"), on: "2")
        #expect(try await types() == ["counter.opened", "counter.closed", "counter.opened"])
    }

    @Test func `a name that another stream holds is refused, with its holder`() async throws {
        _ = try await transact(.open(name: "a"))
        await #expect(throws: TransactionFailure.nameTaken(Claim(scope: "counters", name: "A"), by: stream)) {
            try await transact(.open(name: "A"), on: "2")
        }
        #expect(try await store.head() == 1)
    }

    @Test func `a stored event that cannot be read stops the command`() async throws {
        let broken = EncodedEvent(type: "counter.exploded", schemaVersion: 1, payload: "{}")
        _ = try await store.append(
            AppendRequest(
                writes: [StreamWrite(stream: stream, expected: .any, events: [broken])],
                metadata: EventMetadata(actor: "x")))
        await #expect(throws: EventDecodingError.self) { try await transact(.add(1)) }
    }

    // Requests that come again

    @Test func `a request that comes again is answered with its first receipt`() async throws {
        let first = try await transact(.open(name: "a"), context("k"))
        let again = try await transact(.open(name: "a"), context("k"))
        #expect(again.isReplay && again.receipt == first.receipt && again.state == first.state)
        let elsewhere = try await transact(.open(name: "a"), on: "2", isNew: true, context("k"))
        #expect(elsewhere.isReplay && elsewhere.receipt == first.receipt)
        #expect(try await store.head() == 1)
    }

    @Test func `a request that comes again is answered also when it would be refused by now`() async throws {
        _ = try await transact(.open(name: "a"))
        let first = try await transact(.add(1), context("k"))
        _ = try await transact(.close)
        let again = try await transact(.add(1), context("k"))
        #expect(again.isReplay && again.receipt == first.receipt)
        let opened = try await transact(.open(name: "b"), on: "2", context("k2"))
        let repeated = try await transact(.open(name: "c"), on: "2", context("k2"))
        #expect(repeated.isReplay && repeated.receipt == opened.receipt)
    }

    @Test func `a refusal stays one when its key was never used`() async throws {
        await #expect(throws: CounterDecider.Refusal.self) { try await transact(.add(1), context("k")) }
        _ = try await transact(.open(name: "a"))
        let later = try await transact(.add(1), context("k"))
        #expect(!later.isReplay && later.receipt?.firstSeq == 2)
    }

    @Test func `a key of another request is told in each way that a command may go`() async throws {
        _ = try await transact(.open(name: "a"), context("k"))
        let reused = TransactionFailure.keyReused(firstSeq: 1)
        await #expect(throws: reused) { try await transact(.add(1), context("k", print: 2)) }
        await #expect(throws: reused) { try await transact(.open(name: "b"), context("k", print: 2)) }
        await #expect(throws: reused) { try await transact(.add(0), context("k", print: 2)) }
        #expect(try await store.head() == 1)
    }

    // Other writers

    @Test func `a command is decided again after another writer was faster`() async throws {
        _ = try await transact(.open(name: "a"))
        let busy = InterruptedStore(store) { store, number in
            guard number <= Transactor.maximumAttempts - 1 else { return }
            _ = try await Transactor(store: store).transact(
                CounterDecider.self, .add(10), on: "1", context: CommandContext(metadata: EventMetadata(actor: "x")))
        }
        let done = try await transact(.add(1), in: busy)
        #expect(done.state.sum == 10 * (Transactor.maximumAttempts - 1) + 1)
        #expect(done.version == Transactor.maximumAttempts + 1 && busy.attempts == Transactor.maximumAttempts)
        #expect(try await store.head() == Int64(done.version))
    }

    @Test func `a command gives up when others are always faster, and has recorded nothing`() async throws {
        _ = try await transact(.open(name: "a"))
        let busy = InterruptedStore(store) { store, _ in
            _ = try await Transactor(store: store).transact(
                CounterDecider.self, .add(10), on: "1", context: CommandContext(metadata: EventMetadata(actor: "x")))
        }
        await #expect(throws: TransactionFailure.contended(stream)) { try await transact(.add(1), in: busy) }
        #expect(busy.attempts == Transactor.maximumAttempts)
        #expect(try await Transactor(store: store).load(CounterDecider.self, stream).state.sum == 80)
    }

    @Test func `what another writer did may make the command a refusal, or nothing`() async throws {
        for (name, isRefused) in [("a", false), ("b", true)] {
            let store = MemoryEventStore(now: { Date(timeIntervalSince1970: 0) })
            let busy = InterruptedStore(store) { store, number in
                guard number == 1 else { return }
                _ = try await Transactor(store: store).transact(
                    CounterDecider.self, .open(name: name), on: "1",
                    context: CommandContext(metadata: EventMetadata(actor: "x")))
            }
            if isRefused {
                await #expect(throws: CounterDecider.Refusal.self) {
                    try await transact(.open(name: "a"), isNew: true, in: busy)
                }
            } else {
                #expect(try await transact(.open(name: "a"), isNew: true, in: busy).receipt == nil)
            }
            #expect(try await store.head() == 1)
        }
    }

    @Test func `the same request from two at a time is recorded once, and both get its receipt`() async throws {
        let sent = context("k")
        let busy = InterruptedStore(store) { store, number in
            guard number == 1 else { return }
            _ = try await Transactor(store: store).transact(
                CounterDecider.self, .open(name: "a"), on: "1", context: sent)
        }
        let second = try await transact(.open(name: "a"), sent, in: busy)
        #expect(second.isReplay && second.receipt?.firstSeq == 1)
        #expect(try await store.head() == 1)
    }

    @Test func `many commands at once on one stream are all counted`() async throws {
        _ = try await transact(.open(name: "a"))
        let recorded = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 { group.addTask { (try? await self.transact(.add(1))) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(try await Transactor(store: store).load(CounterDecider.self, stream).state.sum == recorded)
        #expect(try await store.head() == Int64(recorded + 1))
    }

    // Leases

    @Test func `an owner that was replaced is told so, and records nothing`() async throws {
        let (former, present) = (LeaseFence(name: "saga", epoch: 1), LeaseFence(name: "saga", epoch: 2))
        store.grant(present)
        await #expect(throws: TransactionFailure.fenced(former)) {
            try await transact(.open(name: "a"), context(fence: former))
        }
        #expect(try await transact(.open(name: "a"), context(fence: present)).version == 1)
    }

    // Streams that only collect

    @Test func `a note is added without looking at what was there`() async throws {
        let transactor = Transactor(store: store)
        for number in 1...3 {
            let receipt = try await transactor.note(CounterDecider.self, .burst(2), on: "1", context: context())
            #expect(receipt.firstSeq == Int64(number * 2 - 1))
        }
        let first = try await transactor.note(CounterDecider.self, .burst(1), on: "1", context: context("k"))
        let again = try await transactor.note(CounterDecider.self, .burst(1), on: "1", context: context("k"))
        #expect(first == again)
        await #expect(throws: TransactionFailure.keyReused(firstSeq: first.firstSeq)) {
            try await transactor.note(CounterDecider.self, .burst(1), on: "1", context: context("k", print: 2))
        }
        let fence = LeaseFence(name: "saga", epoch: 1)
        await #expect(throws: TransactionFailure.fenced(fence)) {
            try await transactor.note(CounterDecider.self, .burst(1), on: "1", context: context(fence: fence))
        }
    }

    @Test func `a collecting stream that is full goes on in the next one, and nothing is refused`() async throws {
        var limits = EventStoreLimits()
        limits.streamLength = 3
        let store = MemoryEventStore(limits: limits) { Date(timeIntervalSince1970: 0) }
        for round in 0..<2 {
            // Also by who does not know yet which part is written to.
            let transactor = Transactor(store: store)
            for _ in 0..<4 {
                try await transactor.note(CounterDecider.self, .burst(1), on: "day", context: context())
            }
            #expect(try await store.head() == Int64(4 * (round + 1)))
        }
        let streams = try await store.readAll(after: 0, limit: 100).map(\.stream.id)
        #expect(streams == ["day", "day", "day", "day~2", "day~2", "day~2", "day~3", "day~3"])
        await #expect(throws: TransactionFailure.self) {
            try await Transactor(store: store).note(CounterDecider.self, .burst(4), on: "day", context: context())
        }
    }

    @Test func `a stream that is full is told as such, with its bound`() async throws {
        var limits = EventStoreLimits()
        limits.streamLength = 2
        let transactor = Transactor(store: MemoryEventStore(limits: limits) { Date(timeIntervalSince1970: 0) })
        for command in [CounterDecider.Command.open(name: "a"), .add(1)] {
            _ = try await transactor.transact(CounterDecider.self, command, on: "1", context: context())
        }
        await #expect(throws: TransactionFailure.streamFull(StreamName(category: "counter", id: "1"), limit: 2)) {
            try await transactor.transact(CounterDecider.self, .add(1), on: "1", context: context())
        }
    }
}

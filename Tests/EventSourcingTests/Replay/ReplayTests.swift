import EventSourcing
import Foundation
import Testing

extension CounterDecider: ReplayableDecider {
    static func command(thatLedTo events: [CounterEvent], from state: State) -> Command? {
        guard events.count == 1, let event = events.first else { return .burst(events.count) }
        return switch event {
        case .opened(let opened): .open(name: opened.name)
        case .added(let added): .add(added.amount)
        case .closed: .close
        }
    }
}

/// The counter as a later version of the program has it: 7 is not added any more, and 8 counts twice.
private enum ChangedDecider: ReplayableDecider {
    typealias Command = CounterDecider.Command
    typealias State = CounterDecider.State
    typealias Codec = CounterCodec
    typealias Rejection = CounterDecider.Refusal

    static var initial: State { CounterDecider.initial }
    static func name(of command: Command) -> String { CounterDecider.name(of: command) }
    static func evolve(_ state: State, _ event: CounterEvent) -> State { CounterDecider.evolve(state, event) }
    static func isClosed(_ state: State) -> Bool { state.isClosed }

    static func decide(_ command: Command, _ state: State) throws(Rejection) -> [CounterEvent] {
        switch command {
        case .add(7): throw Rejection(rule: "7 is not added")
        case .add(8): [.added(CounterAdded(amount: 16))]
        case .burst: []
        case .open, .add, .close: try CounterDecider.decide(command, state)
        }
    }

    static func command(thatLedTo events: [CounterEvent], from state: State) -> Command? {
        if case .closed? = events.first { return nil }
        return CounterDecider.command(thatLedTo: events, from: state)
    }
}

@Suite struct ReplayTests {
    private let store = MemoryEventStore { Date(timeIntervalSince1970: 1_790_000_000) }
    private let metadata = EventMetadata(actor: "user:ada", requestID: "r1")

    private func carryOut(_ commands: CounterDecider.Command..., on id: String = "a") async throws {
        for command in commands {
            _ = try await Transactor(store: store).transact(
                CounterDecider.self, command, on: id, context: CommandContext(metadata: metadata))
        }
    }

    private func history<D: ReplayableDecider>(_ decider: D.Type) -> HistoryReplay {
        HistoryReplay(store: store) { $0.category == "counter" ? StreamReplay(D.self) : nil }
    }

    private func name(_ id: String) -> StreamName { StreamName(category: "counter", id: id) }

    @Test func `events carry the name of the command that led to them, and of how many they are one`() async throws {
        try await carryOut(.open(name: "n"), .burst(3))
        let metadata = try await store.readAll(after: 0, limit: 10).map(\.metadata)
        #expect(metadata.map(\.command) == ["counter.open", "counter.burst", "counter.burst", "counter.burst"])
        #expect(metadata.map(\.commandEvents) == [nil, 3, 3, 3])
    }

    @Test func `a folded stream shows its decisions, also two like ones after each other`() async throws {
        try await carryOut(.open(name: "n"), .burst(2), .burst(2), .add(5), .add(5), .close)
        let folded = try #require(try await history(CounterDecider.self).fold(name("a")))
        #expect(
            folded.decisions.map { [$0.first.version, $0.last.version] } == [
                [1, 1], [2, 3], [4, 5], [6, 6], [7, 7], [8, 8],
            ])
        #expect(folded.decisions.allSatisfy { $0.verdict == .same })
        #expect(folded.stream.version == 8)
        #expect(folded.stream.isClosed)
        #expect(folded.stream.state.json == #"{"name":"n","sum":12,"isClosed":true}"#)
        #expect(folded.decisions[1].command?.json == #"{"burst":2}"#)
    }

    @Test func `a stream is folded to a version, a decision whole or not at all`() async throws {
        try await carryOut(.open(name: "n"), .add(5), .burst(3))
        for (version, sum) in [(1, 0), (2, 5), (3, 5), (4, 5), (5, 8)] {
            let folded = try #require(try await history(CounterDecider.self).fold(name("a"), through: version))
            #expect(folded.stream.state.json == #"{"name":"n","sum":\#(sum),"isClosed":false}"#)
        }
        #expect(try await history(CounterDecider.self).fold(StreamName(category: "other", id: "a")) == nil)
    }

    @Test func `a history is decided again by the decider that made it`() async throws {
        try await carryOut(.open(name: "n"), .add(7), .burst(2))
        try await carryOut(.open(name: "m"), .close, on: "b")
        let tally = try await history(CounterDecider.self).judge(.init()) { Issue.record("\($0)") }
        #expect((tally.events, tally.decisions, tally.differences, tally.unknown) == (6, 5, 0, 0))
    }

    @Test
    func `what a changed decider would decide otherwise is told at its seq, and the state stays the recorded one`()
        async throws
    {
        try await carryOut(.open(name: "n"), .add(1), .add(7), .add(8), .burst(2), .add(2), .close)
        var found: [Int64: ReplayedDecision.Verdict] = [:]
        let tally = try await history(ChangedDecider.self).judge(.init()) { found[$0.first.seq] = $0.verdict }
        let doubled = try CounterCodec.encode(.added(CounterAdded(amount: 16)))
        #expect(
            found == [
                3: .refused("\(CounterDecider.Refusal(rule: "7 is not added"))"), 4: .otherwise([doubled]),
                5: .otherwise([]), 8: .noCommand,
            ])
        #expect((tally.decisions, tally.differences) == (7, 4))
        let state = try await history(ChangedDecider.self).fold(name("a"), through: 7)?.stream.state
        #expect(state?.json == #"{"name":"n","sum":19,"isClosed":false}"#)
    }

    @Test func `a part of the log is judged in the states that the whole of it had led to`() async throws {
        try await carryOut(.open(name: "n"), .add(1), .burst(2))
        try await carryOut(.open(name: "m"), .add(3), on: "b")
        var selection = HistoryReplay.Selection()
        for (first, last, decisions) in [(2, 6, 4), (4, 4, 1), (3, 3, 0), (6, 6, 1), (1, 100, 5)] {
            selection.firstSeq = Int64(first)
            selection.lastSeq = Int64(last)
            let tally = try await history(CounterDecider.self).judge(selection) { Issue.record("\($0)") }
            #expect(tally.decisions == decisions, "\(first) to \(last)")
        }
        selection = .init()
        selection.category = "other"
        #expect(try await history(CounterDecider.self).judge(selection) { _ in }.events == 0)
    }

    @Test func `an event that cannot be read is told, and its stream is left alone`() async throws {
        try await carryOut(.open(name: "n"))
        let unknown = EncodedEvent(type: "counter.melted", schemaVersion: 1, payload: "{}")
        _ = try await store.append(
            AppendRequest(
                writes: [StreamWrite(stream: name("a"), expected: .any, events: [unknown])], metadata: metadata))
        let more = EncodedEvent(type: "counter.added", schemaVersion: 1, payload: #"{"amount":1}"#)
        _ = try await store.append(
            AppendRequest(
                writes: [
                    StreamWrite(stream: name("a"), expected: .any, events: [more]),
                    StreamWrite(stream: StreamName(category: "other", id: "x"), expected: .any, events: [more]),
                ], metadata: metadata))
        var verdicts: [ReplayedDecision.Verdict] = []
        let tally = try await history(CounterDecider.self).judge(.init()) { verdicts.append($0.verdict) }
        guard case .unreadable(let why)? = verdicts.first, verdicts.count == 1 else {
            Issue.record("\(verdicts)")
            return
        }
        #expect(why.contains("counter.melted v1"))
        #expect(tally.unknown == 1)
    }
}

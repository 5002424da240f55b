/// A stream that is folded event by event, with today's decider asked at each decision what it would decide.
///
/// The state is that of the recorded history, whatever the decider says.
package struct StreamReplay<Subject: ReplayableDecider>: ReplayingStream {
    private var folded = Subject.initial
    private var pending: [EventEnvelope] = []
    private var isReadable = true
    package private(set) var version = 0

    package init(_ decider: Subject.Type) {}

    package var state: ValueTree { ValueTree(reflecting: folded) }
    package var isClosed: Bool { Subject.isClosed(folded) }

    package mutating func take(_ envelope: EventEnvelope) -> [ReplayedDecision] {
        guard isReadable else { return [] }
        version = envelope.version
        var decisions: [ReplayedDecision] = []
        // A decision that is not whole ends where another command's events begin.
        if let first = pending.first, first.metadata != envelope.metadata { decisions.append(decide()) }
        pending.append(envelope)
        if pending.count >= pending[0].metadata.commandEvents ?? 1 { decisions.append(decide()) }
        return decisions
    }

    private mutating func decide() -> ReplayedDecision {
        defer { pending = [] }
        let events: [Subject.Event]
        do {
            events = try pending.map { try Subject.Codec.decode($0.event) }
        } catch {
            isReadable = false
            return ReplayedDecision(events: pending, command: nil, verdict: .unreadable("\(error)"))
        }
        let before = folded
        folded = Subject.fold(events, from: before)
        guard let command = Subject.command(thatLedTo: events, from: before) else {
            return ReplayedDecision(events: pending, command: nil, verdict: .noCommand)
        }
        return ReplayedDecision(
            events: pending, command: ValueTree(reflecting: command), verdict: verdict(on: command, before, events))
    }

    private func verdict(
        on command: Subject.Command, _ before: Subject.State, _ recorded: [Subject.Event]
    ) -> ReplayedDecision.Verdict {
        do {
            let decided = try Subject.decide(command, before)
            return decided == recorded ? .same : .otherwise(try decided.map(Subject.Codec.encode))
        } catch {
            return .refused("\(error)")
        }
    }
}

/// A stream of any kind that is folded event by event.
package protocol ReplayingStream: Sendable {
    /// The state after all decisions that are whole.
    var state: ValueTree { get }
    /// The version of the last event that was taken.
    var version: Int { get }
    /// Whether nothing may follow.
    var isClosed: Bool { get }
    /// Takes the stream's next event.
    ///
    /// - Returns: The decisions that are whole now: none or one, two where one was left incomplete.
    mutating func take(_ envelope: EventEnvelope) -> [ReplayedDecision]
}

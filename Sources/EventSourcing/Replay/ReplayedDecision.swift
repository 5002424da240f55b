/// What one command led to in one stream, and what today's decider would make of it.
package struct ReplayedDecision: Sendable {
    package enum Verdict: Hashable, Sendable {
        /// It would decide the same.
        case same
        /// It would refuse the command; the text is its rejection.
        case refused(String)
        /// It would decide on other events.
        case otherwise([EncodedEvent])
        /// None of its commands leads to such events.
        case noCommand
        /// An event cannot be read; what follows in the stream was not looked at.
        case unreadable(String)
    }

    /// Never empty.
    package let events: [EventEnvelope]
    /// The command as it was told from the events; nil when it could not be.
    package let command: ValueTree?
    package let verdict: Verdict

    package init(events: [EventEnvelope], command: ValueTree?, verdict: Verdict) {
        precondition(!events.isEmpty, "a decision without events leaves no trace")
        self.events = events
        self.command = command
        self.verdict = verdict
    }

    package var first: EventEnvelope { events[0] }
    package var last: EventEnvelope { events[events.count - 1] }
}

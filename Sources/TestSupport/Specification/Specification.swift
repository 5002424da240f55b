package import EventSourcing

/// The rules of a decider as sentences: given these events, when this is asked, then that happens.
///
///     Specification<JobDecider>().given(.created(job)).when(.publishVersion(second)).then(.versionPublished(…))
package struct Specification<Subject: Decider>: Sendable where Subject.Command: Hashable {
    private var history: [Subject.Event] = []

    package init() {}

    /// What has happened before.
    package func given(_ events: Subject.Event...) -> Specification {
        given(events)
    }

    /// What has happened before.
    package func given(_ events: [Subject.Event]) -> Specification {
        var copy = self
        copy.history += events
        return copy
    }

    /// What is asked now. What follows says what is to come of it.
    package func when(_ command: Subject.Command) -> DecisionExpectation<Subject> {
        DecisionExpectation(history: history, command: command)
    }
}

package import Domain
package import EventSourcing
package import Testing

/// What a command is expected to come to.
///
/// Beside the expectation itself it is checked that every event comes back from its stored form as it was.
package struct DecisionExpectation<Subject: Decider>: Sendable where Subject.Command: Hashable {
    /// What is to come of the same command, asked again after its own events.
    package enum Repetition: Sendable {
        /// The rule: a command that was carried out yields nothing more.
        case yieldsNothing
        /// The step no longer fits.
        case isRejected(code: String)
        /// Each asking is a fact of its own, as of checks and refusals.
        case yieldsTheSame
    }

    let history: [Subject.Event]
    let command: Subject.Command

    /// The command leads to exactly these events.
    package func then(
        _ expected: Subject.Event..., repeated: Repetition = .yieldsNothing,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        then(expected, repeated: repeated, sourceLocation: sourceLocation)
    }

    /// The command leads to exactly these events.
    package func then(
        _ expected: [Subject.Event], repeated: Repetition = .yieldsNothing,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            let events = try Subject.decide(command, Subject.fold(history))
            #expect(events == expected, "\(command)", sourceLocation: sourceLocation)
            for event in history + events { expectSameAfterStoring(event, sourceLocation) }
            expect(repeated, after: events, sourceLocation)
        } catch {
            Issue.record("\(command) was rejected: \(error)", sourceLocation: sourceLocation)
        }
    }

    /// The command changes nothing.
    package func thenNothing(sourceLocation: SourceLocation = #_sourceLocation) {
        then([], sourceLocation: sourceLocation)
    }

    private func expect(_ repetition: Repetition, after events: [Subject.Event], _ sourceLocation: SourceLocation) {
        let again = Result { try Subject.decide(command, Subject.fold(history + events)) }
        switch (repetition, again) {
        case (.yieldsNothing, .success(let more)):
            #expect(more == [], "\(command), asked again", sourceLocation: sourceLocation)
        case (.yieldsTheSame, .success(let more)):
            #expect(more == events, "\(command), asked again", sourceLocation: sourceLocation)
        case (.isRejected(let code), .failure(let error)):
            let rejection = error as? DomainRejection
            #expect(rejection?.code == code, "\(command), asked again: \(error)", sourceLocation: sourceLocation)
        case (.isRejected, .success), (.yieldsNothing, .failure), (.yieldsTheSame, .failure):
            Issue.record("\(command), asked again: \(again)", sourceLocation: sourceLocation)
        }
    }

    private func expectSameAfterStoring(_ event: Subject.Event, _ sourceLocation: SourceLocation) {
        do {
            let stored = try Subject.Codec.encode(event)
            let restored = try Subject.Codec.decode(stored)
            #expect(restored == event, "\(stored.payload)", sourceLocation: sourceLocation)
            #expect(try Subject.Codec.encode(restored) == stored, sourceLocation: sourceLocation)
        } catch {
            Issue.record("\(event) cannot be stored and restored: \(error)", sourceLocation: sourceLocation)
        }
    }
}

extension DecisionExpectation where Subject.Rejection == DomainRejection {
    /// The command is refused by the rule of this code.
    ///
    /// - Parameter field: The field that is to be named at fault; nil when it does not matter here.
    package func thenRejects(
        code: String, kind: DomainRejection.Kind? = nil, field: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            let events = try Subject.decide(command, Subject.fold(history))
            Issue.record("\(command) was taken and led to \(events)", sourceLocation: sourceLocation)
        } catch {
            #expect(error.code == code, "\(command): \(error.message)", sourceLocation: sourceLocation)
            if let kind { #expect(error.kind == kind, "\(command)", sourceLocation: sourceLocation) }
            if let field { #expect(error.field == field, "\(command)", sourceLocation: sourceLocation) }
            #expect(!error.message.isEmpty, "\(command)", sourceLocation: sourceLocation)
        }
    }
}

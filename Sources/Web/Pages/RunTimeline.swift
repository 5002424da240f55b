import Domain
import EventSourcing
import FoundationEssentials

/// A run's history as spans of time: waiting, handing over, running; each attempt on its own.
struct RunTimeline: Hashable {
    struct Span: Hashable {
        enum Kind: String, Hashable {
            case waiting, handover, running, retry, stopping, unknown
        }

        let kind: Kind
        /// From 1, where the span belongs to an attempt.
        let attempt: Int?
        let start: Date
        /// Nil while it goes on.
        var end: Date?
        /// How it ended, where that is worth saying.
        var note: String?

        var title: HTML {
            switch kind {
            case .waiting: "Waiting"
            case .handover: "Handing over"
            case .running: "Running"
            case .retry: "Waiting to retry"
            case .stopping: "Stopping"
            case .unknown: "Outcome unknown"
            }
        }
    }

    private(set) var spans: [Span] = []
    private(set) var start: Date?
    private(set) var end: Date?
    private var attempt: Int?
    private var stopping: Int?

    /// - Parameter events: All events of the run's stream, in order. One that this version does not know is passed over.
    init(_ events: [EventEnvelope]) {
        for envelope in events {
            if let event = try? RunCodec.decode(envelope.event) { add(event, at: envelope.recordedAt) }
        }
    }

    private mutating func add(_ event: RunEvent, at time: Date) {
        switch event {
        case .requested:
            start = time
            begin(.waiting, at: time)
        case .queued(let queued): note(queued.message)
        case .dispatchIntended(let intended):
            attempt = intended.number
            begin(.handover, at: time)
        case .dispatched: begin(.running, at: time)
        case .attemptFailed(let failed): finish(at: time, failed.failure.code)
        case .retryScheduled: begin(.retry, at: time)
        case .cancelRequested(let request): beginStopping(at: time, request.reason)
        case .outcomeUnknown(let unknown):
            begin(.unknown, at: time)
            note(unknown.reason)
        case .cancelled, .timedOut, .succeeded, .failed, .resolved: endAll(at: time)
        case .admitted, .started, .progressed, .adopted, .resultRecorded: break
        }
    }

    /// Ends what goes on, and begins the next.
    private mutating func begin(_ kind: Span.Kind, at time: Date) {
        finish(at: time, nil)
        let belongsToAttempt = kind == .handover || kind == .running || kind == .unknown
        let span = Span(kind: kind, attempt: belongsToAttempt ? attempt : nil, start: time)
        spans.insert(span, at: stopping ?? spans.endIndex)
        if let index = stopping { stopping = index + 1 }
    }

    private mutating func finish(at time: Date, _ note: String?) {
        guard let index = spans.lastIndex(where: { $0.end == nil && $0.kind != .stopping }) else { return }
        spans[index].end = time
        if let note { spans[index].note = note }
    }

    private mutating func note(_ text: String) {
        guard let index = spans.lastIndex(where: { $0.end == nil && $0.kind != .stopping }) else { return }
        spans[index].note = text
    }

    /// Stopping goes on beside what is being stopped, and stays the last row.
    private mutating func beginStopping(at time: Date, _ reason: String) {
        guard stopping == nil else { return }
        stopping = spans.endIndex
        spans.append(Span(kind: .stopping, attempt: nil, start: time, note: reason.isEmpty ? nil : reason))
    }

    private mutating func endAll(at time: Date) {
        end = time
        for index in spans.indices where spans[index].end == nil { spans[index].end = time }
    }
}

import Domain
import EventSourcing
import FoundationEssentials

/// Every event of a run as the log holds it: the audit trail itself.
struct RunHistory {
    let events: [EventEnvelope]

    var html: HTML {
        """
        <div class="scroll"><table class="events">
        <caption class="unseen">All events of the run, in the order of the log</caption>
        <thead><tr><th scope="col" class="n">Seq</th><th scope="col">Time</th><th scope="col" class="n">After</th>\
        <th scope="col">Event</th><th scope="col">What it says</th><th scope="col">By</th></tr></thead>
        <tbody>
        \(events.map(row))
        </tbody></table></div>
        """
    }

    private func row(_ envelope: EventEnvelope) -> HTML {
        let start = events.first?.recordedAt ?? envelope.recordedAt
        return """
            <tr id="event-\(envelope.seq)"><td class="n id">\(envelope.seq)</td>\
            <td>\(PageText.clock(envelope.recordedAt))</td>\
            <td class="n">+\(PageText.duration(envelope.recordedAt.timeIntervalSince(start)))</td>\
            <td><code>\(envelope.event.type)</code></td><td class="says">\(Self.summary(envelope))</td>\
            <td class="soft">\(envelope.metadata.actor)</td></tr>

            """
    }

    private static func summary(_ envelope: EventEnvelope) -> HTML {
        guard let event = try? RunCodec.decode(envelope.event) else { return "<em>not known to this version</em>" }
        return summary(event)
    }

    private static func summary(_ event: RunEvent) -> HTML {
        switch event {
        case .requested(let event): "version \(event.jobVersion) of the job, on \(event.engine.rawValue)"
        case .admitted: "nothing stands in its way"
        case .queued(let event): "\(event.message)"
        case .dispatchIntended(let event):
            "attempt \(event.number), marked <code>\(PageText.shortID(event.attempt))</code>"
        case .dispatched(let event): "the engine has it as <code>\(event.externalID)</code>"
        case .started: "the engine works on it"
        case .progressed(let event): "\(event.progress.state)\(percent(event.progress))"
        case .attemptFailed(let event): failure(event.failure)
        case .retryScheduled(let event): "next attempt at \(PageText.clock(event.at))"
        case .adopted(let event): "another owner drives it, epoch \(event.epoch)"
        case .cancelRequested(let event): "\(event.reason)"
        case .cancelled(let event): "\(proof(event.proof))\(event.detail.map { ": \($0)" as HTML })"
        case .timedOut(let event): "its time was over; \(proof(event.proof))"
        case .resultRecorded(let event): result(event.result)
        case .succeeded: ""
        case .failed(let event): failure(event.failure)
        case .outcomeUnknown(let event): "\(event.reason)"
        case .resolved(let event): "\(event.outcome.rawValue): \(event.reason)"
        }
    }

    private static func percent(_ progress: RunProgress) -> HTML {
        progress.percent.map { ", \($0) %" as HTML } ?? ""
    }

    private static func failure(_ failure: RunFailure) -> HTML {
        "<code>\(failure.code)</code> \(failure.message.prefix(200))"
    }

    private static func result(_ result: RunResult) -> HTML {
        if let count = result.updateCount { return "\(PageText.counted(count, "row", "rows")) changed" }
        return
            "\(PageText.counted(result.rowCount, "row", "rows")) kept, digest <code>\(result.digest.prefix(12))</code>"
    }

    private static func proof(_ proof: RunCancelled.Proof) -> HTML {
        switch proof {
        case .notDispatched: "no engine had been told of it"
        case .engineConfirmed: "the engine says that it stopped"
        case .attemptHadEnded: "it had ended by itself before"
        }
    }
}

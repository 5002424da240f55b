import ControlPlane
import Domain
import FoundationEssentials

/// What is known of a run, as a list of terms.
struct RunFacts {
    let run: RunView
    let now: Date

    var html: HTML {
        let facts: [HTML?] = [
            fact("Requested", PageText.time(run.requestedAt)),
            run.startedAt.map { fact("Started", PageText.time($0)) },
            run.endedAt.map { fact("Ended", PageText.time($0)) } ?? fact("Deadline", PageText.time(run.deadline)),
            fact("Duration", PageText.elapsed(from: run.requestedAt, to: run.endedAt, now: now)),
            fact("Engine", "\(run.engine.rawValue)"),
            fact("Job version", "\(run.jobVersion)"),
            fact("Attempts", "\(run.attempts)"),
            run.externalID.map { fact("Engine’s id", "<code>\($0)</code>") },
            fact("Requested by", "\(run.requestedBy)"),
            run.queueReason.flatMap { run.status == "queued" ? fact("Waits because", "\($0)") : nil },
            run.cancelReason.map { fact("Cancel reason", $0.isEmpty ? "none given" : "\($0)") },
            StatusBadge(status: run.status).isEnded ? nil : progress,
        ]
        return #"<dl class="facts">\#(facts.compactMap { $0 })</dl>"#
    }

    private func fact(_ name: HTML, _ value: HTML) -> HTML {
        "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
    }

    private var progress: HTML? {
        guard let progress = run.progress else { return nil }
        let bar: HTML? = progress.percent.map {
            #" <progress max="100" value="\#($0)" aria-label="Progress">\#($0) %</progress>"#
        }
        let rows: HTML? = progress.rowsProcessed.map { " · \(PageText.counted($0, "row", "rows")) read" }
        return fact("Progress", "\(progress.state)\(bar)\(rows)")
    }
}

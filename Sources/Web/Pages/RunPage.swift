package import ControlPlane
import Domain
package import EventSourcing
package import FoundationEssentials

/// The page of one run: where it stands, why, what it did, and what came of it.
package struct RunPage {
    package var run: RunView
    /// All events of its stream.
    package var events: [EventEnvelope]
    /// The first rows of its result, each the text of a JSON array.
    package var rows: [String]
    /// Of which log the events are.
    package var epoch: StoreEpoch
    package var now: Date
    /// The seq that the page is of; nil for the present.
    package var asOf: Int64?

    package init(
        run: RunView, events: [EventEnvelope], rows: [String], epoch: StoreEpoch, now: Date, asOf: Int64? = nil
    ) {
        self.run = run
        self.events = events
        self.rows = rows
        self.epoch = epoch
        self.now = now
        self.asOf = asOf
    }

    package var html: HTML {
        let live = Layout.Live(
            after: LivePosition(seq: events.last?.seq ?? 0, epoch: epoch), stream: "\(RunCodec.category)-\(run.id)",
            category: RunCodec.category)
        let isEnded = StatusBadge(status: run.status).isEnded
        return Layout(title: "\(run.jobName) · run", section: .runs, live: isEnded ? nil : live, asOf: asOf).page(
            """
            <nav class="crumbs" aria-label="Path"><a href="/runs">Runs</a> <span aria-hidden="true">/</span> \
            <a href="/jobs/\(run.job.description)">\(run.jobName)</a></nav>
            \(head)
            <div id="trouble" data-part>\(RunTrouble(run: run).html)</div>
            <section class="card" id="facts" data-part aria-label="Facts">\(RunFacts(run: run, now: now).html)</section>
            \(result)
            <section class="card" id="timeline" data-part><h2>Timeline</h2>\(RunTimeline(events).html(now: now))</section>
            <section class="card"><h2>Statement</h2><pre class="code"><code>\(run.statement)</code></pre></section>
            <section class="card" id="history" data-part><h2>History <span class="soft">\
            \(PageText.counted(events.count, "event", "events"))</span></h2>\(RunHistory(events: events).html)</section>
            """)
    }

    private var head: HTML {
        """
        <div class="head" id="head" data-part>
        <div><h1>\(run.jobName) \(StatusBadge(status: run.status).html)</h1>
        <p class="sub">run <code>\(run.id.description)</code> in \
        <a href="/workspaces/\(run.workspace.description)">\(run.workspaceName)</a></p></div>
        <div class="actions">\(engineLink)\(cancelButton)</div>
        </div>
        """
    }

    private var engineLink: HTML {
        run.link.map { HTML.link($0, "Open in \(run.engine.rawValue)") } ?? ""
    }

    private var cancelButton: HTML {
        let isOver = StatusBadge(status: run.status).isEnded || run.status == "outcome_unknown"
        if isOver || asOf != nil { return "" }
        if run.cancelReason != nil { return #"<button type="button" disabled>Cancelling…</button>"# }
        return """
            <form action="/runs/\(run.id.description)/cancel" method="post"><button type="submit" class="danger">\
            Cancel run</button></form>
            """
    }

    private var result: HTML {
        guard let result = run.result else { return #"<div id="result" data-part></div>"# }
        let path: HTML = "/api/v1/runs/\(run.id.description)/result"
        let links: HTML = """
            <span class="links"><a href="\(path)?format=csv" download>CSV</a> <a href="\(path)?limit=1000">JSON</a></span>
            """
        let table = ResultTable(columns: result.columns, rows: rows).html
        return """
            <section class="card" id="result" data-part><h2>Result <span class="soft">\(size(of: result))</span>\
            \(result.columns.isEmpty ? HTML.none : links)</h2>\(result.columns.isEmpty ? HTML.none : table)\
            \(result.rowCount > rows.count && !rows.isEmpty ? more(result) : HTML.none)</section>
            """
    }

    private func size(of result: RunResult) -> HTML {
        if let count = result.updateCount { return "\(PageText.counted(count, "row changed", "rows changed"))" }
        let rows = PageText.counted(result.rowCount, "row", "rows")
        let columns = PageText.counted(result.columns.count, "column", "columns")
        return "\(rows), \(columns)\(result.isTruncated ? " · the engine had more than the job keeps" : "")"
    }

    private func more(_ result: RunResult) -> HTML {
        #"<p class="foot">The first \#(PageText.count(rows.count)) of \#(PageText.count(result.rowCount)) rows.</p>"#
    }
}

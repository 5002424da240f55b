import API
package import ControlPlane
import Domain
package import FoundationEssentials

/// The list of runs: filtered, paged, and kept up to date while it is looked at.
package struct RunListPage {
    package var runs: [RunView]
    /// The cursor of the next page, nil at the end.
    package var next: String?
    package var filter: RunFilter
    /// Whether this is a later page.
    package var isContinued: Bool
    /// What can be filtered by.
    package var workspaces: [WorkspaceView]
    /// The name of the job that is filtered by.
    package var jobName: String?
    package var position: LivePosition
    package var now: Date
    /// The seq that the page is of; nil for the present.
    package var asOf: Int64?

    package init(
        runs: [RunView], next: String?, filter: RunFilter, isContinued: Bool, workspaces: [WorkspaceView],
        jobName: String?, position: LivePosition, now: Date, asOf: Int64? = nil
    ) {
        self.runs = runs
        self.next = next
        self.filter = filter
        self.isContinued = isContinued
        self.workspaces = workspaces
        self.jobName = jobName
        self.position = position
        self.now = now
        self.asOf = asOf
    }

    package var html: HTML {
        let live = Layout.Live(after: position, stream: nil, category: RunCodec.category)
        let kept = RunQuery(filter: filter).parameters
        return Layout(title: "Runs", section: .runs, live: live, asOf: asOf, filters: kept).page(
            """
            <div class="head"><h1>Runs</h1>\(jobNote)</div>
            \(filters)
            <div class="card" id="runs" data-part>
            \(runs.isEmpty ? emptiness : RunTable(runs: runs, now: now).html)
            </div>
            \(paging)
            """)
    }

    private var jobNote: HTML {
        guard let job = filter.job else { return "" }
        return """
            <p class="sub">of the job <a href="/jobs/\(job.description)">\(jobName ?? job.description)</a> · \
            <a href="/runs">all runs</a></p>
            """
    }

    private var filters: HTML {
        """
        <form class="filters" action="/runs" method="get">
        \(asOf.map { #"<input type="hidden" name="as_of" value="\#($0)">"# as HTML })
        \(filter.job.map { #"<input type="hidden" name="job" value="\#($0.description)">"# as HTML })
        <label>Status <select name="status"><option value="">Any</option>\(RunResource.statuses.map(statusOption))</select></label>
        <label>Workspace <select name="workspace"><option value="">Any</option>\(workspaces.map(option))</select></label>
        <button type="submit">Filter</button>
        </form>
        """
    }

    private func statusOption(_ status: String) -> HTML {
        let selected: HTML = filter.status == status ? " selected" : ""
        return #"<option value="\#(status)"\#(selected)>\#(StatusBadge(status: status).label)</option>"#
    }

    private func option(_ workspace: WorkspaceView) -> HTML {
        let selected: HTML = filter.workspace == workspace.id ? " selected" : ""
        return #"<option value="\#(workspace.id.description)"\#(selected)>\#(workspace.name)</option>"#
    }

    private var emptiness: HTML {
        if filter == RunFilter(), !isContinued {
            return """
                <div class="empty"><h2>No runs yet</h2><p>A run appears here as soon as a job is started: by the API, \
                the command line, or from the page of a job in one of the <a href="/workspaces">workspaces</a>.</p></div>
                """
        }
        return #"<div class="empty"><h2>No runs match</h2><p><a href="/runs">Show all runs</a></p></div>"#
    }

    private var paging: HTML {
        let query = RunQuery(filter: filter)
        let newest: HTML = isContinued ? #"<a href="\#(query.path())">Newest</a>"# : ""
        let older: HTML = next.map { #"<a href="\#(query.path(cursor: $0))" rel="next">Older</a>"# } ?? ""
        return #"<nav class="paging" id="paging" data-part aria-label="Pages">\#(newest)\#(older)</nav>"#
    }
}

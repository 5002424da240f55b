package import ControlPlane
import Domain
package import FoundationEssentials

/// The page of a job: what it runs, its last runs, and a way to start one.
package struct JobPage {
    package var job: JobView
    package var workspace: WorkspaceView?
    package var connection: ConnectionView?
    /// The newest runs.
    package var runs: [RunView]
    package var position: LivePosition
    package var now: Date
    /// What the form's run is asked for under, so that two clicks start one run.
    package var key: UUID
    /// The seq that the page is of; nil for the present.
    package var asOf: Int64?

    package init(
        job: JobView, workspace: WorkspaceView?, connection: ConnectionView?, runs: [RunView],
        position: LivePosition, now: Date, key: UUID, asOf: Int64? = nil
    ) {
        self.job = job
        self.workspace = workspace
        self.connection = connection
        self.runs = runs
        self.position = position
        self.now = now
        self.key = key
        self.asOf = asOf
    }

    package var html: HTML {
        let live = Layout.Live(after: position, stream: nil, category: RunCodec.category)
        return Layout(title: job.name, section: .workspaces, live: live, asOf: asOf).page(
            """
            <nav class="crumbs" aria-label="Path"><a href="/workspaces">Workspaces</a> <span aria-hidden="true">/</span> \
            <a href="/workspaces/\(job.workspace.description)">\(workspace?.name ?? job.workspace.description)</a></nav>
            <div class="head"><div><h1>\(job.name)</h1><p class="sub">job <code>\(job.id.description)</code>, version \
            \(job.jobVersion)</p></div></div>
            \(start)
            <section class="card"><h2>Statement</h2><pre class="code"><code>\(job.definition.sql)</code></pre></section>
            <section class="card" aria-label="Facts"><dl class="facts">\(facts)</dl></section>
            <section class="card" id="runs" data-part><h2>Last runs <span class="links">\
            <a href="/runs?job=\(job.id.description)">All</a></span></h2>\(lastRuns)</section>
            """)
    }

    private var start: HTML {
        asOf == nil ? #"<section class="card"><h2>Start a run</h2>\#(form)</section>"# : ""
    }

    private var form: HTML {
        """
        <form class="fields" action="/jobs/\(job.id.description)/runs" method="post">\
        <input type="hidden" name="\(PageForms.keyField)" value="\(key.lowercasedText)" autocomplete="off">\
        \(job.definition.parameters.map(field))<div><button type="submit" class="main">Run now</button></div></form>
        """
    }

    private func field(_ parameter: JobParameter) -> HTML {
        let isRequired: HTML = parameter.defaultValue == nil ? " required" : ""
        let hint: HTML = parameter.defaultValue.map { #" placeholder="\#($0)""# } ?? ""
        return """
            <label>\(parameter.name) <span class="soft">\(parameter.kind.rawValue)</span>\
            <input name="parameters.\(parameter.name)" autocomplete="off"\(hint)\(isRequired)></label>
            """
    }

    private var facts: [HTML] {
        [
            fact("Connection", "\(connection?.name ?? job.definition.connection.description)"),
            fact("Engine", "\(connection?.settings.kind.rawValue ?? "—")"),
            fact("Time-out", "\(PageText.duration(TimeInterval(job.definition.timeoutSeconds)))"),
            fact("Attempts", "at most \(job.definition.maximumAttempts)"),
            fact("Result kept", "at most \(PageText.counted(job.definition.resultLimits.rows, "row", "rows"))"),
            fact("Created", PageText.time(job.createdAt)),
        ]
    }

    private func fact(_ name: HTML, _ value: HTML) -> HTML {
        "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
    }

    private var lastRuns: HTML {
        runs.isEmpty ? #"<div class="empty"><p>No runs yet</p></div>"# : RunTable(runs: runs, now: now).html
    }
}

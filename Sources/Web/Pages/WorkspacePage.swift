package import ControlPlane
import Domain

/// The page of a workspace: its jobs and connections.
package struct WorkspacePage {
    package var workspace: WorkspaceView
    package var jobs: Page<JobView>
    package var connections: Page<ConnectionView>
    /// The seq that the page is of; nil for the present.
    package var asOf: Int64?

    package init(workspace: WorkspaceView, jobs: Page<JobView>, connections: Page<ConnectionView>, asOf: Int64? = nil) {
        self.workspace = workspace
        self.jobs = jobs
        self.connections = connections
        self.asOf = asOf
    }

    package var html: HTML {
        Layout(title: workspace.name, section: .workspaces, asOf: asOf).page(
            """
            <nav class="crumbs" aria-label="Path"><a href="/workspaces">Workspaces</a></nav>
            <div class="head"><div><h1>\(workspace.name)</h1><p class="sub">\(workspace.description)</p></div>
            <div class="actions"><a href="/runs?workspace=\(workspace.id.description)">Runs</a></div></div>
            <section class="card"><h2>Jobs</h2>\(jobs.items.isEmpty ? Self.nothing("No jobs yet") : jobTable)\
            \(Self.rest(jobs.next))</section>
            <section class="card"><h2>Connections</h2>\
            \(connections.items.isEmpty ? Self.nothing("No connections yet") : connectionTable)\
            \(Self.rest(connections.next))</section>
            """)
    }

    private var jobTable: HTML {
        """
        <div class="scroll"><table class="things">
        <caption class="unseen">Jobs, in the order of their names</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">Connection</th><th scope="col" class="n">Version</th>\
        <th scope="col">Created</th><th scope="col"><span class="unseen">More</span></th></tr></thead>
        <tbody>
        \(jobs.items.map(jobRow))
        </tbody></table></div>
        """
    }

    private func jobRow(_ job: JobView) -> HTML {
        let id = job.id.description
        let connection = connections.items.first { $0.id == job.definition.connection }
        return """
            <tr><th scope="row"><a href="/jobs/\(id)">\(job.name)</a></th>\
            <td>\(connection?.name ?? PageText.shortID(job.definition.connection))</td><td class="n">\(job.jobVersion)</td>\
            <td>\(PageText.time(job.createdAt))</td><td class="n"><a href="/runs?job=\(id)">Runs</a></td></tr>

            """
    }

    private var connectionTable: HTML {
        """
        <div class="scroll"><table class="things">
        <caption class="unseen">Connections, in the order of their names</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">Engine</th><th scope="col">Address</th>\
        <th scope="col">Health</th><th scope="col">Checked</th></tr></thead>
        <tbody>
        \(connections.items.map(connectionRow))
        </tbody></table></div>
        """
    }

    private func connectionRow(_ connection: ConnectionView) -> HTML {
        """
        <tr><th scope="row">\(connection.name)</th><td>\(connection.settings.kind.rawValue)</td>\
        <td><code>\(Self.address(connection.settings))</code></td>\
        <td>\(Self.health(connection.lastCheck))</td>\
        <td>\(connection.checkedAt.map(PageText.time))</td></tr>

        """
    }

    private static func health(_ check: ConnectionChecked?) -> HTML {
        guard let check else { return #"<span class="badge calm">Not checked</span>"# }
        guard check.isHealthy else {
            return #"<span class="badge bad">Unhealthy</span><span class="note">\#(check.reason ?? "")</span>"#
        }
        return """
            <span class="badge good">Healthy</span><span class="note">\(check.version ?? "") in \
            \(check.latencyMilliseconds) ms</span>
            """
    }

    private static func address(_ settings: ConnectionSettings) -> String {
        switch settings {
        case .trino(let trino): trino.url
        case .postgres(let postgres): "\(postgres.host):\(postgres.port)/\(postgres.database)"
        }
    }

    private static func nothing(_ text: HTML) -> HTML {
        #"<div class="empty"><p>\#(text)</p></div>"#
    }

    private static func rest(_ next: String?) -> HTML {
        next == nil ? "" : #"<p class="foot">There are more than are shown here; the API lists all.</p>"#
    }
}

package import ControlPlane
import Domain

/// The list of workspaces.
package struct WorkspaceListPage {
    package var workspaces: [WorkspaceView]
    /// The cursor of the next page, nil at the end.
    package var next: String?
    /// The seq that the page is of; nil for the present.
    package var asOf: Int64?

    package init(workspaces: [WorkspaceView], next: String?, asOf: Int64? = nil) {
        self.workspaces = workspaces
        self.next = next
        self.asOf = asOf
    }

    package var html: HTML {
        Layout(title: "Workspaces", section: .workspaces, asOf: asOf).page(
            """
            <div class="head"><h1>Workspaces</h1></div>
            <div class="card">\(workspaces.isEmpty ? emptiness : table)</div>
            \(Paging(path: "/workspaces", next: next).html)
            """)
    }

    private var table: HTML {
        """
        <div class="scroll"><table class="things">
        <caption class="unseen">Workspaces, in the order of their names</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">Description</th><th scope="col">Created</th>\
        <th scope="col"><span class="unseen">More</span></th></tr></thead>
        <tbody>
        \(workspaces.map(row))
        </tbody></table></div>
        """
    }

    private func row(_ workspace: WorkspaceView) -> HTML {
        let id = workspace.id.description
        return """
            <tr><th scope="row"><a href="/workspaces/\(id)">\(workspace.name)</a></th>\
            <td>\(workspace.description)</td><td>\(PageText.time(workspace.createdAt))</td>\
            <td class="n"><a href="/runs?workspace=\(id)">Runs</a></td></tr>

            """
    }

    private var emptiness: HTML {
        """
        <div class="empty"><h2>No workspaces yet</h2><p>A workspace holds connections and jobs. Make the first one by the \
        API or the command line.</p></div>
        """
    }
}

package import API

/// A problem, for people.
package struct ProblemPage {
    package var problem: Problem

    package init(problem: Problem) {
        self.problem = problem
    }

    package var html: HTML {
        Layout(title: problem.title, section: nil).page(
            """
            <div class="card"><div class="empty"><h1>\(problem.title)</h1><p>\(problem.detail ?? "")</p>\
            \(problem.errors.map(fault))<p class="soft">\(problem.status) · <code>\(problem.code)</code>\
            \(problem.traceID.map { " · trace <code>\($0)</code>" as HTML })</p></div></div>
            """)
    }

    private func fault(_ fault: Problem.Fault) -> HTML {
        "<p><code>\(fault.pointer ?? fault.parameter ?? "")</code> \(fault.detail)</p>"
    }
}

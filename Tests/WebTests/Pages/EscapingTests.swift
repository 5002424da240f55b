import API
import ControlPlane
import Domain
import Foundation
import Testing
import Web

/// Whatever people and engines write stays text.
@Suite struct EscapingTests {
    static let hostile = #"</td><script>alert('1')</script>" onload="x" & "#

    @Test func `everything that is put into HTML is escaped, in elements and in attributes`() {
        let html: HTML = #"<p title="\#(Self.hostile)">\#(Self.hostile)</p>"#
        let safe = "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x&quot; &amp; "
        #expect(html.text == #"<p title="\#(safe)">\#(safe)</p>"#)
    }

    @Test func `control characters do not get into a page`() {
        let html: HTML = "\("a\u{0}b\u{1B}[31m\n\u{7F}ü🙂")"
        #expect(html.text == "a\u{FFFD}b\u{FFFD}[31m\n\u{FFFD}ü🙂")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", " https://x", "//evil", "file:///etc/passwd",
        "",
    ])
    func `an address that is not of the web becomes no link`(address: String) {
        #expect(HTML.link(address, "x").text == "<span>x</span>")
    }

    @Test func `an address of the web becomes a link that gives nothing away`() {
        #expect(
            HTML.link(#"HTTPS://e/?a=1&b="x""#, "x").text
                == #"<a href="HTTPS://e/?a=1&amp;b=&quot;x&quot;" rel="noreferrer noopener" target="_blank">x</a>"#)
    }

    @Test func `no page lets a hostile text become markup`() throws {
        let h = Self.hostile
        let failure = RunFailure(code: h, fault: .user, message: h, isRetryable: false)
        let result = RunResult(
            columns: [ResultColumn(name: h, type: h)], rowCount: 2, isTruncated: true, digest: h, updateCount: nil)
        let run = RunSamples.run(
            1, "failed", job: h, failure: failure, result: result, queueReason: h, link: h, cancelReason: h,
            unknownReason: h)
        let quoted = #"["<script>","\"'&"]"#
        let events = try RunSamples.history(
            [
                (0, .requested(RunSamples.requested)), (1, .cancelRequested(RunCancelRequested(reason: h))),
                (2, .failed(RunFailed(failure: failure))),
            ], run: 1)
        let workspace = WorkspaceView(
            id: RunSamples.workspace, name: h, description: h, createdAt: RunSamples.start, version: 1)
        let job = JobView(
            id: RunSamples.job, workspace: RunSamples.workspace, name: h, jobVersion: 1,
            definition: JobDefinition(
                connection: RunSamples.connection, sql: h,
                parameters: [JobParameter(name: h, kind: .text, defaultValue: h)]), createdAt: RunSamples.start,
            version: 2)
        let connection = ConnectionView(
            id: RunSamples.connection, workspace: RunSamples.workspace, name: h,
            settings: .trino(TrinoSettings(url: h, user: h)), hasSecret: false,
            lastCheck: ConnectionChecked(isHealthy: false, latencyMilliseconds: 1, version: h, reason: h),
            checkedAt: RunSamples.start, createdAt: RunSamples.start, version: 1)
        let pages = [
            RunPage(run: run, events: events, rows: [quoted, h], epoch: RunSamples.position.epoch, now: RunSamples.now)
                .html,
            RunListPage(
                runs: [run], next: h, filter: RunFilter(job: RunSamples.job, status: h), isContinued: true,
                workspaces: [workspace], jobName: h, position: RunSamples.position, now: RunSamples.now
            ).html,
            WorkspaceListPage(workspaces: [workspace], next: h).html,
            WorkspacePage(
                workspace: workspace, jobs: Page(items: [job], next: h),
                connections: Page(items: [connection], next: nil)
            ).html,
            JobPage(
                job: job, workspace: workspace, connection: connection, runs: [run],
                position: RunSamples.position, now: RunSamples.now, key: UUID()
            ).html,
            ProblemPage(
                problem: Problem(
                    status: 400, code: h, title: h, detail: h, errors: [.init(pointer: h, code: h, detail: h)],
                    traceID: h)
            ).html,
        ]
        for page in pages {
            #expect(!page.text.contains("<script>"))
            #expect(!page.text.contains(#"onload="x"#))
            #expect(!page.text.contains("href=\"<"))
        }
    }
}

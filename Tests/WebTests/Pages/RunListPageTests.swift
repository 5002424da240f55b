import ControlPlane
import Domain
import Foundation
import Testing
import Web

@Suite struct RunListPageTests {
    private func page(_ runs: [RunView], filter: RunFilter = RunFilter(), next: String? = nil) -> RunListPage {
        RunListPage(
            runs: runs, next: next, filter: filter, isContinued: false,
            workspaces: [
                WorkspaceView(
                    id: RunSamples.workspace, name: "finance", description: "", createdAt: RunSamples.start, version: 1)
            ], jobName: nil, position: RunSamples.position, now: RunSamples.now)
    }

    @Test func `the list shows each run with status, job, times and outcome`() throws {
        let runs = [
            RunSamples.run(
                1, "running", progress: RunProgress(state: "RUNNING", percent: 40, rowsProcessed: 5, bytesProcessed: 6),
                ended: nil),
            RunSamples.run(2, "queued", queueReason: "runner_full", ended: nil),
            RunSamples.run(3, result: RunSamples.result),
            RunSamples.run(4, "failed", failure: RunSamples.failure),
            RunSamples.run(5, "outcome_unknown", unknownReason: "the coordinator was restarted", ended: nil),
            RunSamples.run(6, "timed_out", ended: 3_600), RunSamples.run(7, "cancelled", ended: 61.5),
        ]
        try expectGolden(page(runs, next: "abc=&").html.text, "run-list.html")
    }

    @Test func `an empty list says how to fill it`() {
        #expect(page([]).html.text.contains("No runs yet"))
        #expect(page([], filter: RunFilter(status: "failed")).html.text.contains("No runs match"))
    }

    @Test func `a filter stays chosen on the way to the past and back`() {
        var page = page([RunSamples.run(1)], filter: RunFilter(job: RunSamples.job, status: "failed"))
        let kept = """
            <input type="hidden" name="job" value="\(RunSamples.job)"><input type="hidden" name="status" value="failed"><label>\
            <span>As of
            """
        #expect(page.html.text.contains(kept))
        page.asOf = 12
        #expect(page.html.text.contains(kept))
        #expect(page.html.text.contains(#"<a href="?job=\#(RunSamples.job)&amp;status=failed">Back to now</a>"#))
    }

    @Test func `a filter stays chosen, and stays in the way to older runs`() {
        let filter = RunFilter(workspace: RunSamples.workspace, status: "failed")
        let text = page([RunSamples.run(1)], filter: filter, next: "abc").html.text
        #expect(text.contains(#"<option value="failed" selected>"#))
        #expect(text.contains(#"<option value="\#(RunSamples.workspace)" selected>finance"#))
        #expect(text.contains(#"href="/runs?workspace=\#(RunSamples.workspace)&amp;status=failed&amp;cursor=abc""#))
    }

    @Test func `the page hears of what comes after what it shows`() {
        let text = page([]).html.text
        #expect(
            text.contains(
                #"data-live="/api/v1/events/stream?after=4711&amp;epoch=\#(RunSamples.position.epoch)&amp;category=run""#
            ))
    }
}

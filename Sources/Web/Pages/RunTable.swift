import ControlPlane
import Domain
import FoundationEssentials

/// Runs as a table, one row each.
struct RunTable {
    let runs: [RunView]
    let now: Date

    var html: HTML {
        """
        <div class="scroll"><table class="runs">
        <caption class="unseen">Runs, the newest first</caption>
        <thead><tr><th scope="col">Status</th><th scope="col">Job</th><th scope="col">Run</th>\
        <th scope="col">Workspace</th><th scope="col">Engine</th><th scope="col">Requested</th>\
        <th scope="col" class="n">Duration</th><th scope="col" class="n">Result</th></tr></thead>
        <tbody>
        \(runs.map(row))
        </tbody></table></div>
        """
    }

    private func row(_ run: RunView) -> HTML {
        """
        <tr id="run-\(run.id.description)"><td>\(StatusBadge(status: run.status).html)</td>\
        <th scope="row"><a href="/runs/\(run.id.description)">\(run.jobName)</a>\(note(run))</th>\
        <td class="id">\(PageText.shortID(run.id))</td><td>\(run.workspaceName)</td><td>\(run.engine.rawValue)</td>\
        <td>\(PageText.time(run.requestedAt))</td>\
        <td class="n">\(PageText.elapsed(from: run.requestedAt, to: run.endedAt, now: now))</td>\
        <td class="n">\(outcome(run))</td></tr>

        """
    }

    /// What is worth knowing about a run at a glance.
    private func note(_ run: RunView) -> HTML {
        if let failure = run.failure, run.status != "succeeded" {
            return #"<span class="note">\#(failure.code) · \#(failure.message.prefix(120))</span>"#
        }
        if let reason = run.unknownReason, run.status == "outcome_unknown" {
            return #"<span class="note">\#(reason.prefix(120))</span>"#
        }
        if let reason = run.queueReason, run.status == "queued" { return #"<span class="note">\#(reason)</span>"# }
        if let percent = run.progress?.percent, run.status == "running" {
            return #"<progress max="100" value="\#(percent)" aria-label="Progress">\#(percent) %</progress>"#
        }
        return ""
    }

    private func outcome(_ run: RunView) -> HTML {
        guard let result = run.result else {
            return run.attempts > 1 ? "\(PageText.counted(run.attempts, "attempt", "attempts"))" : ""
        }
        if let count = result.updateCount { return "\(PageText.counted(count, "row changed", "rows changed"))" }
        return "\(PageText.counted(result.rowCount, "row", "rows"))\(result.isTruncated ? "+" : "")"
    }
}

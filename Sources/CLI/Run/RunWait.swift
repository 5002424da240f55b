import API
import APIClient
import Terminal

/// Waits for the end of a run, and shows on the way how far it is.
struct RunWait {
    let session: Session

    private static let pause = Duration.milliseconds(200)

    func wait(for id: String, minimumSeq: Int64?) async throws -> RunResource {
        let line = ProgressLine(session.console)
        var minimumSeq = minimumSeq
        while true {
            let run = try await session.client.get(
                Endpoints.getRun, Endpoints.getRun.path(id), minimumSeq: minimumSeq)
            minimumSeq = nil
            if RunResource.endedStatuses.contains(run.status) || run.status == "outcome_unknown" {
                line.end()
                return run
            }
            line.show(RunText.progress(of: run))
            try await Task.sleep(for: Self.pause)
        }
    }
}

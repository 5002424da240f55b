import API
import APIClient
import HTTPClient
import Terminal

/// Waits for the end of a run, and shows on the way how far it is.
struct RunWait {
    let session: Session

    private static let pause = Duration.milliseconds(200)
    /// How long a server that is away is asked again, from its first failure on: a restart or a failover takes no longer.
    private static let patience = Duration.seconds(300)
    private static let pauseWhileAway = Duration.seconds(1)

    /// - Throws: What the server answered, or `ClientError` when it was away for longer than is waited for.
    func wait(for id: String, minimumSeq: Int64?) async throws -> RunResource {
        let line = ProgressLine(session.console)
        var minimumSeq = minimumSeq
        var limit: ContinuousClock.Instant?
        while true {
            do {
                let run = try await session.client.get(
                    Endpoints.getRun, Endpoints.getRun.path(id), minimumSeq: minimumSeq)
                minimumSeq = nil
                limit = nil
                if RunResource.endedStatuses.contains(run.status) || run.status == "outcome_unknown" {
                    line.end()
                    return run
                }
                line.show(RunText.progress(of: run))
                try await Task.sleep(for: Self.pause)
            } catch let error where Self.isPassing(error) {
                let end = limit ?? .now + Self.patience
                limit = end
                guard .now < end else {
                    line.end()
                    throw error
                }
                line.show("the server is away, and asked again for up to 5 minutes; the run goes on")
                try await Task.sleep(for: Self.pauseWhileAway)
            }
        }
    }

    /// Whether the server, or a proxy before it, was away: the same request may be answered later.
    static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case let problem as Problem: [502, 503, 504].contains(problem.status)
        case ClientError.notSent, ClientError.outcomeUnknown: true
        default: false
        }
    }
}

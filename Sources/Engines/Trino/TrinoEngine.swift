package import ControlPlane
import Cryptography
package import Domain
import FoundationEssentials
package import HTTPClient

/// Runs statements on Trino, over its REST protocol.
///
/// A POST registers a statement and starts nothing; the first GET of its `nextUri` starts it, and may be repeated. So a
/// lost answer to a POST costs nothing, and a lost page is asked for again.
package struct TrinoEngine: Engine {
    package let kind = EngineKind.trino

    private let client: TrinoClient

    package init(http: Client) {
        client = TrinoClient(http: http)
    }

    package func submit(_ attempt: EngineAttempt, to target: EngineTarget) async -> Submission {
        let statement = "/* weir attempt=\(attempt.id) */\n\(attempt.statement)"
        switch await client.register(statement, attempt: attempt.id, at: target) {
        case .page(let page):
            if let error = page.error {
                return .rejected(error.failure(isReadOnly: true))
            }
            guard let nextURI = page.nextURI else {
                return .rejected(.unexpectedAnswer("the answer to the statement has no nextUri"))
            }
            do {
                let handle = TrinoHandle(queryID: page.id, nextURI: nextURI, infoURI: page.infoURI)
                return .accepted(try handle.sealed())
            } catch {
                return .rejected(.unexpectedAnswer("\(error)"))
            }
        case .refused(let failure): return .rejected(failure)
        case .gone(let status): return .rejected(.unexpectedAnswer("HTTP \(status) for a new statement"))
        case .unreachable(let why):
            // Whether the POST arrived does not matter: a statement that is never polled is never run.
            return .rejected(
                RunFailure(
                    code: "ENGINE_UNREACHABLE", fault: .infrastructure,
                    message: "Trino could not be reached: \(why). Check the connection's url and that Trino is up.",
                    isRetryable: true))
        }
    }

    package func look(at attempt: EngineAttempt, handle: EngineHandle?, on target: EngineTarget) async -> Look {
        guard let handle else {
            return .neverStarted(
                proof: "no page of it was ever asked for, and Trino runs a statement only when its first page is")
        }
        guard var known = try? TrinoHandle(handle) else { return .cannotTell("the stored way back cannot be read") }
        let limit = max(0, attempt.limits.rows - known.rowsRead)
        switch await client.page(known.nextURI, limit: limit, at: target) {
        case .page(let page):
            known.rowsRead += page.rows.count
            return look(page, known, attempt)
        case .refused(let failure): return .unreachable(failure.message)
        case .unreachable(let why): return .unreachable(why)
        case .gone(let status):
            return await recover(known, attempt, target, why: "HTTP \(status) for the next page")
        }
    }

    private func look(_ page: TrinoPage, _ known: TrinoHandle, _ attempt: EngineAttempt) -> Look {
        let rows =
            page.columns.isEmpty
            ? nil : ResultPage(columns: page.columns, rows: page.rows, isTruncated: page.hasMoreRows)
        if let error = page.error {
            if error.isCancellation { return .ended(.cancelled(error.message ?? error.errorName)) }
            return .ended(.failed(error.failure(isReadOnly: StatementKind.isReadOnly(attempt.statement))))
        }
        guard let nextURI = page.nextURI else {
            return .ended(.succeeded(rows: rows, updateCount: page.updateCount))
        }
        var next = known
        next.queryID = page.id
        next.nextURI = nextURI
        do {
            return .running(EngineProgress(page.stats), rows: rows, try next.sealed())
        } catch {
            return .cannotTell("the way back to the query cannot be written: \(error)")
        }
    }

    /// The page is gone: what became of the query can still be read from the coordinator's list.
    private func recover(
        _ known: TrinoHandle, _ attempt: EngineAttempt, _ target: EngineTarget, why: String
    ) async -> Look {
        switch await client.query(known.queryID, at: target) {
        case .unreachable(let why): return .unreachable(why)
        case .unknown:
            if StatementKind.isReadOnly(attempt.statement) {
                return .neverStarted(
                    proof: """
                        Trino no longer knows query \(known.queryID) (its coordinator was restarted), and a statement \
                        that only reads leaves no effect
                        """)
            }
            return .cannotTell(
                """
                Trino no longer knows query \(known.queryID) (\(why)); whether it took effect can only be seen in its \
                target: look for this query id there
                """)
        case .known(let state, let error):
            if let error {
                if error.isCancellation { return .ended(.cancelled(error.message ?? error.errorName)) }
                return .ended(.failed(error.failure(isReadOnly: StatementKind.isReadOnly(attempt.statement))))
            }
            if StatementKind.isReadOnly(attempt.statement) {
                return .ended(
                    .failed(
                        RunFailure(
                            code: "RESULT_LOST", fault: .infrastructure,
                            message: "A page of the result can no longer be read (\(why)); the statement only reads.",
                            isRetryable: true)))
            }
            if state == "FINISHED" { return .ended(.succeeded(rows: nil, updateCount: nil)) }
            return .cannotTell("the query \(known.queryID) is \(state), and its pages can no longer be read (\(why))")
        }
    }

    package func cancel(_ attempt: EngineAttempt, handle: EngineHandle, on target: EngineTarget) async -> Cancellation {
        guard let known = try? TrinoHandle(handle) else {
            return .unreachable("the stored way back cannot be read")
        }
        return await client.cancel(known.nextURI, at: target)
    }

    package func check(_ target: EngineTarget) async -> ConnectionHealth {
        let clock = ContinuousClock()
        let start = clock.now
        let (version, reason) = await client.probe(target)
        return ConnectionHealth(
            isHealthy: reason == nil, latency: clock.now - start, version: version, reason: reason)
    }
}

extension EngineProgress {
    fileprivate init(_ stats: TrinoPage.Stats) {
        self.init(
            state: stats.state, percent: stats.progressPercentage, rowsProcessed: stats.processedRows,
            bytesProcessed: stats.processedBytes)
    }
}

package import ControlPlane
package import Domain
package import FoundationEssentials
package import HTTPClient

/// Runs statements on Trino.
///
/// Registering a statement starts nothing: it starts when the first URI is fetched, and fetching the same URI again
/// starts it no second time. So a URI is stored before it is fetched, and a statement is registered again as long as
/// none of its URIs was stored.
package final class TrinoEngine: Engine {
    package let kind = EngineKind.trino

    /// How often a registration that Trino did not hear of is tried within one call.
    private static let registrationTries = 3

    private let client: Client
    let now: @Sendable () -> Date

    /// - Parameter http: Serves all of Trino's connections; its address policy is theirs.
    package init(http client: Client, now: @escaping @Sendable () -> Date = { Date() }) {
        self.client = client
        self.now = now
    }

    package func submit(_ attempt: EngineAttempt, to target: EngineTarget) async -> Submission {
        do {
            let wire = try TrinoWire(client, target)
            let page = try await register(TrinoStatement.text(of: attempt), attempt.id, on: wire)
            guard let uri = page.nextUri else {
                guard let error = page.error else { return .rejected(.unexpectedAnswer("no next URI")) }
                return .rejected(RunFailure(error, isReadOnly: true))
            }
            let link = page.infoUri.flatMap { wire.isOurs($0) ? $0 : nil }
            return .accepted(
                try TrinoHandle(queryID: page.id, nextURI: uri, infoURI: link, registeredAt: now()).sealed())
        } catch let error as RunFailureError {
            return .rejected(error.failure)
        } catch let fault as TrinoWire.Fault {
            // Also where the answer was lost: a registration whose URI nobody fetches runs never.
            return .rejected(RunFailure(registering: fault))
        } catch {
            return .rejected(.unexpectedAnswer("\(error)"))
        }
    }

    private func register(
        _ statement: String, _ mark: AttemptID?, on wire: TrinoWire
    ) async throws(TrinoWire.Fault) -> TrinoPage {
        var tries = 1
        while true {
            do {
                return try await wire.register(statement, mark: mark)
            } catch .unreachable(let why) {
                if tries == Self.registrationTries || Task.isCancelled { throw .unreachable(why) }
                try? await Task.sleep(for: .milliseconds(100 << tries))
                tries += 1
            }
        }
    }

    package func look(at attempt: EngineAttempt, handle: EngineHandle?, on target: EngineTarget) async -> Look {
        guard let handle else {
            return .neverStarted(
                proof: "a query starts when its first URI is fetched, and none was stored to be fetched")
        }
        guard let known = try? TrinoHandle(handle) else { return .cannotTell("the stored way back cannot be read") }
        do {
            let wire = try TrinoWire(client, target)
            guard wire.isOurs(known.nextURI) else {
                return .cannotTell("the connection's url was changed while query \(known.queryID) ran")
            }
            return try await follow(known, attempt, on: wire)
        } catch let error as RunFailureError {
            return .unreachable(error.failure.message)
        } catch let fault as TrinoWire.Fault {
            return .unreachable(fault.reason)
        } catch {
            return .unreachable("\(error)")
        }
    }

    private func follow(_ known: TrinoHandle, _ attempt: EngineAttempt, on wire: TrinoWire) async throws -> Look {
        if known.phase == .enough {
            try await wire.stop(at: known.nextURI)
            return .ended(.succeeded(rows: nil, updateCount: nil))
        }
        do {
            return try known.look(try await wire.page(at: known.nextURI), attempt)
        } catch TrinoWire.Fault.status(404, _), TrinoWire.Fault.status(410, _) {
            return try await recover(known, attempt, on: wire)
        } catch TrinoWire.Fault.tooLarge(let limit) where TrinoStatement.isReadOnly(attempt.statement) {
            try await wire.stop(at: known.nextURI)
            return .ended(
                .failed(
                    RunFailure(
                        code: "RESULT_TOO_LARGE", fault: .user,
                        message: "One page of the result is longer than \(limit) bytes. Select less.",
                        isRetryable: false)))
        }
    }

    package func cancel(_ attempt: EngineAttempt, handle: EngineHandle, on target: EngineTarget) async -> Cancellation {
        do {
            let known = try TrinoHandle(handle)
            let wire = try TrinoWire(client, target)
            guard wire.isOurs(known.nextURI) else { return .unreachable("the connection's url was changed") }
            try await wire.stop(at: known.nextURI)
            return .requested
        } catch let fault as TrinoWire.Fault {
            return .unreachable(fault.reason)
        } catch {
            return .unreachable("\(error)")
        }
    }

    package func check(_ target: EngineTarget) async -> ConnectionHealth {
        let clock = ContinuousClock()
        let start = clock.now
        var version: String?
        func unhealthy(_ reason: String) -> ConnectionHealth {
            ConnectionHealth(isHealthy: false, latency: clock.now - start, version: version, reason: reason)
        }
        do {
            let wire = try TrinoWire(client, target)
            let server = try await wire.server()
            let latency = clock.now - start
            version = server.nodeVersion.version
            guard server.coordinator else { return unhealthy("This is a Trino worker; give its coordinator's url.") }
            guard !server.starting else { return unhealthy("Trino is starting up; try again in a moment.") }
            try await wire.signIn()
            if let error = try await tryStatement(on: wire) {
                return unhealthy("Trino refuses statements: \(error.message ?? error.errorName ?? "no reason given")")
            }
            return ConnectionHealth(isHealthy: true, latency: latency, version: version, reason: nil)
        } catch let error as RunFailureError {
            return unhealthy(error.failure.message)
        } catch let fault as TrinoWire.Fault {
            return unhealthy(RunFailure(registering: fault).message)
        } catch {
            return unhealthy("\(error)")
        }
    }

    /// Runs a statement that needs nothing, to see that this user's queries are taken and carried out.
    private func tryStatement(on wire: TrinoWire) async throws -> TrinoError? {
        let deadline = ContinuousClock.now + .seconds(15)
        var page = try await wire.register("SELECT 1", mark: nil)
        while let uri = page.nextUri {
            guard ContinuousClock.now < deadline else {
                try await wire.stop(at: uri)
                throw TrinoWire.Fault.unreachable("a statement that needs nothing waits for more than 15 s")
            }
            page = try await wire.page(at: uri)
        }
        return page.error
    }
}

import ControlPlane
import Cryptography
import Domain
import Foundation
import HTTPClient
import HTTPServer

@testable import Engines

/// What became of an attempt that was driven as the saga does: each answer is stored before the next look.
struct TrinoOutcome: Sendable {
    var columns: [ResultColumn] = []
    var rows: [String] = []
    var isTruncated = false
    var states: [String] = []
    var last: Look?

    var failure: RunFailure? {
        guard case .ended(.failed(let failure)) = last else { return nil }
        return failure
    }

    /// Set when the attempt succeeded: how many rows it changed.
    var success: Int64?? {
        guard case .ended(.succeeded(_, let count)) = last else { return nil }
        return .some(count)
    }
}

/// One attempt on one Trino.
struct TrinoDriving: Sendable {
    let engine: TrinoEngine
    let target: EngineTarget
    let attempt: EngineAttempt

    init(
        _ url: String, _ statement: String, limits: ResultLimits = .standard, catalog: String? = nil,
        schema: String? = nil, password: Secret? = nil, now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        engine = TrinoEngine(http: try Client(), now: now)
        target = EngineTarget(
            connection: ConnectionID(UUID()),
            settings: .trino(TrinoSettings(url: url, user: "weir", catalog: catalog, schema: schema)),
            password: password)
        attempt = EngineAttempt(
            id: AttemptID(UUID()), run: RunID(UUID()), statement: statement, limits: limits)
    }

    func submit() async -> Submission { await engine.submit(attempt, to: target) }

    func look(_ handle: EngineHandle?) async -> Look { await engine.look(at: attempt, handle: handle, on: target) }

    /// The handle of an accepted submission.
    func accepted() async throws -> EngineHandle {
        guard case .accepted(let handle) = await submit() else { throw NotAccepted() }
        return handle
    }

    struct NotAccepted: Error {}

    /// Looks until the attempt comes to an end of any kind; what is out of reach is looked at again.
    func follow(_ handle: EngineHandle, limit: Int = 2000) async throws -> TrinoOutcome {
        var outcome = TrinoOutcome()
        var handle = handle
        for _ in 0..<limit {
            let look = await look(handle)
            outcome.last = look
            switch look {
            case .running(let progress, let rows, let next):
                outcome.states.append(progress.state)
                outcome.add(rows)
                handle = next
            case .unreachable: continue
            case .ended(.succeeded(let rows, _)):
                outcome.add(rows)
                return outcome
            case .ended, .neverStarted, .cannotTell: return outcome
            }
        }
        return outcome
    }

    func run() async throws -> TrinoOutcome { try await follow(try await accepted()) }
}

extension TrinoOutcome {
    fileprivate mutating func add(_ page: ResultPage?) {
        guard let page else { return }
        columns = page.columns
        rows += page.rows
        isTruncated = isTruncated || page.isTruncated
    }
}

/// Runs a fake coordinator for the length of a test.
func withTrino<Value: Sendable>(_ fake: TrinoFake, _ body: (String) async throws -> Value) async throws -> Value {
    var router = Router()
    fake.routes(&router)
    let server = try Server(router: router)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body("http://127.0.0.1:\(server.port)")) } catch { result = .failure(error) }
        server.beginStop()
        try await group.waitForAll()
        return try result.get()
    }
}

import API
import HTTPServer

/// How the process is: for load balancers and people.
struct HealthRoutes: Sendable {
    let readiness: [(name: String, check: @Sendable () async throws -> Void)]

    /// What is answered whether there is a log or not.
    static let paths: Set = [Endpoints.health.path(), Endpoints.readiness.path()]

    func register(on router: inout Router) {
        router.on(Endpoints.health) { _ in try QueryHandling.json(HealthAnswer(status: "ok")) }
        router.on(Endpoints.readiness) { _ in
            var checks: [ReadinessAnswer.Check] = []
            for (name, check) in readiness {
                do {
                    try await check()
                    checks.append(.init(name: name, ok: true, detail: nil))
                } catch {
                    checks.append(.init(name: name, ok: false, detail: "\(error)"))
                }
            }
            let answer = ReadinessAnswer(checks: checks)
            var response = try QueryHandling.json(answer)
            if !answer.ready { response.status = .serviceUnavailable }
            return response
        }
    }
}

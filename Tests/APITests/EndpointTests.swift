import API
import Testing

@Suite struct EndpointTests {
    @Test func `every operation has its own name and its own place`() {
        #expect(Set(Endpoints.all.map(\.operation)).count == Endpoints.all.count)
        #expect(Set(Endpoints.all.map { "\($0.method) \($0.template)" }).count == Endpoints.all.count)
    }

    @Test func `a path is its template with encoded values`() {
        #expect(Endpoints.listJobs.path("0192") == "/api/v1/workspaces/0192/jobs")
        #expect(Endpoints.getRun.path("a/b ü%") == "/api/v1/runs/a%2Fb%20%C3%BC%25")
        #expect(Endpoints.listRuns.path() == "/api/v1/runs")
    }
}

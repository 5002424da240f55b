import ControlPlane
import Domain
import Foundation
import Testing
import Web

@Suite struct JobPageTests {
    private func page(key: UUID, asOf: Int64? = nil) -> String {
        let job = JobView(
            id: RunSamples.job, workspace: RunSamples.workspace, name: "daily", jobVersion: 1,
            definition: JobDefinition(connection: RunSamples.connection, sql: "SELECT 1"), createdAt: RunSamples.start,
            version: 1)
        return JobPage(
            job: job, workspace: nil, connection: nil, runs: [], position: RunSamples.position, now: RunSamples.now,
            key: key, asOf: asOf
        ).html.text
    }

    @Test func `each page's form has a key of its own, under which two clicks start one run`() {
        let key = UUID()
        let field = #"<input type="hidden" name="idempotency_key" value="\#(key.uuidString.lowercased())""#
        #expect(page(key: key).contains(field))
        #expect(!page(key: UUID()).contains(field))
    }

    @Test func `nothing can be started on a page of the past`() {
        #expect(!page(key: UUID(), asOf: 7).contains("Run now"))
    }
}

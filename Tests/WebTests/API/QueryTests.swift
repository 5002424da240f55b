import API
import ControlPlane
import Domain
import Foundation
import HTTPServer
import Testing
import Web

/// Queries: lists, single resources, results.
@Suite struct QueryTests {
    private func web(_ runs: [RunView], rows: [String] = []) -> TestWeb {
        TestWeb(.init(runs: runs), rows: rows)
    }

    @Test func `a list is paged`() async throws {
        let web = web((1...5).map { RunSamples.run($0) })
        let first = try await web.get("/api/v1/runs?limit=3")
        let list = try WireFormat.decoder().decode(List<RunResource>.self, from: Data(first.response.bytes ?? []))
        #expect(list.items.count == 3)
        let cursor = try #require(list.nextCursor)
        let rest = try await web.get("/api/v1/runs?limit=3&cursor=\(cursor)")
        #expect(try rest.json["next_cursor"] == nil)
    }

    @Test(arguments: [
        "/api/v1/runs?limit=0", "/api/v1/runs?limit=201", "/api/v1/runs?limit=x", "/api/v1/runs?cursor=garbage",
        "/api/v1/runs?status=finished", "/api/v1/runs?workspace=x", "/api/v1/runs?stauts=failed",
        "/api/v1/runs?status=failed&status=running", "/api/v1/runs/x", "/api/v1/runs/\(BodyTests.id)/events?limit=0",
        "/api/v1/runs/\(BodyTests.id)/events?cursor=-1", "/api/v1/events/stream?after=x",
        "/api/v1/events/stream?after=-1", "/api/v1/events/stream?stream=x",
        "/api/v1/workspaces?limit=9999999999999999999",
        "/api/v1/workspaces/x/jobs", "/runs?status=finished", "/runs?workspace=x",
    ])
    func `a parameter that is not valid is refused and named`(target: String) async throws {
        let answer = try await TestWeb().get(target)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(try answer.problem.errors.first?.parameter?.isEmpty == false)
    }

    @Test func `one resource has its version as ETag, and is not sent twice`() async throws {
        let run = RunSamples.run(1)
        let answer = try await web([run]).get("/api/v1/runs/\(run.id)")
        #expect(answer.field("ETag") == "\"7\"")
        let again = try await web([run]).get("/api/v1/runs/\(run.id)", [.ifNoneMatch: "\"6\", \"7\""])
        #expect(again.status == 304 && again.text.isEmpty && again.field("ETag") == "\"7\"")
    }

    @Test func `a query waits for a seq, and says so when it is not reached`() async throws {
        let web = TestWeb(.init(runs: [RunSamples.run(1)], seq: 10))
        #expect(try await web.get("/api/v1/runs", ["Weir-Min-Seq": "10"]).status == 200)
        for target in ["/api/v1/runs", "/runs", "/api/v1/runs/\(RunSamples.run(1).id)/events"] {
            let late = try await web.get(target, ["Weir-Min-Seq": "11"])
            #expect(late.status == 503 && late.field("Retry-After") != nil)
        }
        #expect(try await web.get("/api/v1/runs", ["Weir-Min-Seq": "x"]).status == 400)
    }

    @Test func `a result is answered as pages of JSON whose rows are the kept ones`() async throws {
        let run = RunSamples.run(1, result: RunSamples.result)
        let web = web([run], rows: RunSamples.rows)
        let all = try await web.get("/api/v1/runs/\(run.id)/result")
        #expect(all.text.contains("[\(RunSamples.rows.joined(separator: ","))]"))
        let piece = try await web.get("/api/v1/runs/\(run.id)/result?from=1&limit=1")
        let page = try WireFormat.decoder().decode(ResultResource.self, from: Data(piece.response.bytes ?? []))
        #expect(page.from == 1 && page.rowCount == 3)
        #expect(page.rows == [[.string("south & <east>"), .number(0.5), .null]])
    }

    @Test func `a run without result says so`() async throws {
        let run = RunSamples.run(1, "running", ended: nil)
        let answer = try await web([run]).get("/api/v1/runs/\(run.id)/result")
        #expect(answer.status == 404 || answer.status == 409)
        #expect(try answer.problem.detail?.contains("running") == true)
    }

    @Test func `pages are served for all there is`() async throws {
        let run = RunSamples.run(1, "running", ended: nil)
        let workspace = WorkspaceView(
            id: RunSamples.workspace, name: "finance", description: "", createdAt: RunSamples.start, version: 1)
        let job = JobView(
            id: RunSamples.job, workspace: workspace.id, name: "daily", jobVersion: 1,
            definition: JobDefinition(connection: RunSamples.connection, sql: "SELECT 1"), createdAt: RunSamples.start,
            version: 2)
        let web = TestWeb(.init(workspaces: [workspace], jobs: [job], runs: [run]))
        for target in [
            "/runs", "/runs?status=&workspace=", "/workspaces", "/workspaces/\(workspace.id)", "/jobs/\(job.id)",
        ] {
            let answer = try await web.get(target)
            #expect(answer.status == 200, "\(target) \(answer.text)")
            #expect(answer.field("Content-Type") == "text/html; charset=utf-8")
            #expect(answer.field("Cache-Control") == "no-store")
        }
        #expect(try await web.get("/").field("Location") == "/runs")
        let asset = try await web.get("/assets/weir.js")
        let tag = try #require(asset.field("ETag"))
        #expect(try await web.get("/assets/weir.js", [.ifNoneMatch: tag]).status == 304)
    }
}

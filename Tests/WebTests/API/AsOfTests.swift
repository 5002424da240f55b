import API
import ControlPlane
import Domain
import Foundation
import Synchronization
import Testing

/// Queries and pages of the past.
struct AsOfTests {
    /// A log with three events, of which the read models have taken in all.
    private func web() async throws -> TestWeb {
        var then = MemoryReadModels.Content()
        then.workspaces = (1...3).map { Self.workspace("then \($0)") }
        var content = MemoryReadModels.Content()
        content.workspaces = [Self.workspace("now")]
        content.past = [2: then]
        content.times = [1: RunSamples.now - 30, 2: RunSamples.now - 20, 3: RunSamples.now - 10]
        let web = TestWeb(content)
        for name in ["a", "b", "c"] { _ = try await web.post("/api/v1/workspaces", #"{"name":"\#(name)"}"#) }
        return web
    }

    private static func workspace(_ name: String) -> WorkspaceView {
        WorkspaceView(
            id: WorkspaceID(UUID.version7(at: RunSamples.now)), name: name, description: "",
            createdAt: RunSamples.start,
            version: 1)
    }

    private func names(_ answer: Answer) throws -> [String] {
        try WireFormat.decoder().decode(List<WorkspaceResource>.self, from: Data(answer.text.utf8)).items.map(\.name)
    }

    @Test func `A list as of a seq says which, and its next page is of the same`() async throws {
        let web = try await web()
        let first = try await web.get("/api/v1/workspaces?as_of=2&limit=2")
        #expect(try names(first) == ["then 1", "then 2"])
        #expect(first.field("Weir-As-Of") == "2")
        let cursor = try #require(try first.json["next_cursor"]?.string)
        let second = try await web.get("/api/v1/workspaces?limit=2&cursor=\(cursor)")
        #expect(try names(second) == ["then 3"])
        #expect(second.field("Weir-As-Of") == "2")
        let mixed = try await web.get("/api/v1/workspaces?as_of=1&cursor=\(cursor)")
        #expect(try mixed.problem.errors.first?.detail.contains("the cursor is of a list as of 2") == true)
        #expect(try await names(web.get("/api/v1/workspaces")) == ["now"])
    }

    @Test func `A time stands for the last event recorded by then`() async throws {
        let web = try await web()
        let time = WireTime.format(RunSamples.now - 15)
        let answer = try await web.get("/api/v1/workspaces?as_of=\(time)")
        #expect(answer.field("Weir-As-Of") == "2")
        #expect(try names(answer).count == 3)
    }

    @Test(
        arguments: [
            ("soon", "malformed"), ("-1", "malformed"), ("4", "out-of-range"), ("2126-01-01T00:00:00Z", "out-of-range"),
            ("2026-01-01", "malformed"),
        ])
    func `What is no point of the past is refused, and the parameter is named`(text: String, code: String) async throws
    {
        let web = try await web()
        let answer = try await web.get("/api/v1/workspaces?as_of=\(text)")
        #expect(answer.status == 400)
        #expect(try answer.problem.errors.map(\.parameter) == ["as_of"])
        #expect(try answer.problem.errors.map(\.code) == [code])
    }

    @Test func `A single thing of the past has an ETag of its own`() async throws {
        let web = try await web()
        let id = web.readModels.content.withLock { $0.past[2]?.workspaces.first?.id.description ?? "" }
        let answer = try await web.get("/api/v1/workspaces/\(id)?as_of=2")
        #expect(answer.field("ETag") == "\"1-as-of-2\"")
        #expect(try await web.get("/api/v1/workspaces/\(id)").status == 404)
    }

    @Test func `What was going on had not gone on for longer than until then`() async throws {
        let web = try await web()
        let run = RunSamples.run(1, "running", ended: nil)
        web.readModels.content.withLock {
            $0.runs = [run]; $0.past[2]?.runs = [run]
        }
        #expect(try await web.get("/runs").text.contains(">1 min 35 s</span>"))
        #expect(try await web.get("/runs?as_of=2").text.contains(">0.00 s</span>"))
    }

    @Test func `A page of the past says so, leads to others of the same seq, and changes nothing`() async throws {
        let web = try await web()
        let page = try await web.get("/workspaces?as_of=2").text
        #expect(page.contains("This is how it was as of seq 2"))
        #expect(page.contains(#"<a href="?">Back to now</a>"#))
        #expect(page.contains(#"?as_of=2">then 1</a>"#))
        #expect(page.contains("&amp;as_of=2"))
        #expect(!page.contains("data-live"))
        #expect(!page.contains(#"method="post""#))
        #expect(try await web.get("/workspaces?as_of=").text.contains(">now</a>"))
    }
}

import API
import EventSourcing
import Foundation
import HTTPServer
import Testing

/// Positions in the log are of one store epoch.
@Suite struct StoreEpochTests {
    private let web = TestWeb()
    private let other = "7d444840-9dc0-41d1-b245-5ffdce74fad2"

    @Test func `the log is a resource, with its epoch and how far it has come`() async throws {
        _ = try await web.post("/api/v1/workspaces", #"{"name":"a"}"#)
        let answer = try await web.get("/api/v1/log")
        let epoch = try await web.store.epoch().description
        #expect(answer.status == 200)
        #expect(answer.field("Weir-Store-Epoch") == epoch)
        let position = try WireFormat.decoder().decode(LogPosition.self, from: Data(answer.response.bytes ?? []))
        #expect(position == LogPosition(storeEpoch: epoch, lastSeq: 1))
    }

    @Test(arguments: [
        "/api/v1/log", "/api/v1/events/stream?after=0", "/api/v1/runs/0192f6a1-7b2c-7000-8000-000000000001/events",
    ])
    func `a client that names another epoch is told that its positions mean nothing here`(target: String) async throws {
        let answer = try await web.get(target, [HTTPFields.Name(HeaderName.storeEpoch): other])
        #expect(answer.status == 409)
        #expect(try answer.problem.code == "store-epoch-changed")
        #expect(try answer.problem.detail?.contains("restored to an earlier state") == true)
        let malformed = try await web.get(target, [HTTPFields.Name(HeaderName.storeEpoch): "7"])
        #expect(malformed.status == 400)
        #expect(try malformed.problem.errors.map(\.parameter) == [HeaderName.storeEpoch])
    }

    @Test func `a browser names the epoch in the address, and the right one is served`() async throws {
        let epoch = try await web.store.epoch()
        let answer = try await web.get("/api/v1/events/stream?after=0&epoch=\(epoch)")
        #expect(answer.status == 200)
        #expect(answer.field("Weir-Store-Epoch") == epoch.description)
        #expect(try await web.get("/api/v1/events/stream?after=0&epoch=\(other)").problem.code == "store-epoch-changed")
        #expect(try await web.get("/api/v1/log?epoch=x").problem.code == "epoch-invalid")
    }
}

import API
import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("Processes that share the work by roles")
struct RolesTests {
    private static func status(_ server: WeirProcess, _ path: String) async throws -> Int {
        try await Client().send(Client.Request(.get, server.base + path)).status
    }

    @Test("take commands in one, drive runs in another, and answer the API only where that is asked for")
    func shareTheWork() async throws {
        try await MigratedDatabase.run { database in
            let engine = try await EngineDatabase.make(database)
            // Without a projector nobody is ready.
            let front = try await WeirProcess.serve(database, options: ["--roles", "api"], untilReady: false)
            let worker = try await WeirProcess.serve(database, options: ["--roles", "projector,saga"])
            #expect(try await Self.status(worker, "/healthz") == 200)
            #expect(try await Self.status(worker, "/api/v1/workspaces") == 404)

            let user = try await UserSession(front.base)
            let job = try await user.job(engine.settings, password: engine.password, sql: "SELECT 1 AS n")
            #expect(try await user.ended(try await user.start(job)).status == "succeeded")

            await worker.kill()
            let waiting = try await user.start(job)
            let next = try await WeirProcess.serve(database, options: ["--roles", "projector,saga"])
            #expect(try await user.ended(waiting).status == "succeeded")
            #expect(await next.stop() == 0)
            #expect(await front.stop() == 0)
        }
    }
}

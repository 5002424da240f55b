import FoundationEssentials
import HTTPServer
import Testing

@Suite struct ServerTests {
    @Test func `a route answers with what its handler gives`() async throws {
        try await withServer { router in
            router.on(.get, "/runs/{id}") { request in
                .text("run \(try request.parameters.require("id", as: Int.self)) \(request.query["q"] ?? "")")
            }
        } _: { server in
            let response = try await ask(server, get("/runs/7?q=a+b%21"))
            #expect(response.status == 200)
            #expect(response.body == "run 7 a b!")
            #expect(response["Content-Type"] == "text/plain; charset=utf-8")
            #expect(response["Date"] != nil)
        }
    }
}

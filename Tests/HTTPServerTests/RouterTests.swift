import FoundationEssentials
import HTTPServer
import Testing

@Suite struct RouterTests {
    private struct Principal: RequestValueKey {
        static let defaultValue = "nobody"
    }

    private func answer(_ router: Router, _ method: HTTPMethod, _ target: String) async throws -> String {
        let response = await RouteTable(router).answer(try HTTPRequest(method, target))
        return "\(response.status.code) \(String(decoding: response.bytes ?? [], as: UTF8.self))"
    }

    private func named(_ name: String) -> Handler {
        { request in .text("\(name) \(request.route ?? "") \(request.parameters["id"] ?? "-")") }
    }

    @Test func `a literal is preferred to a parameter, and that to the rest`() async throws {
        var router = Router()
        router.on(.get, "/runs/latest", named("literal"))
        router.on(.get, "/runs/{id}", named("parameter"))
        router.on(.get, "/{id...}", named("rest"))
        router.on(.get, "/runs/{id}/log", named("deeper"))
        #expect(try await answer(router, .get, "/runs/latest") == "200 literal /runs/latest -")
        #expect(try await answer(router, .get, "/runs/7") == "200 parameter /runs/{id} 7")
        #expect(try await answer(router, .get, "/runs/latest/log") == "200 deeper /runs/{id}/log latest")
        #expect(try await answer(router, .get, "/assets/a/b.css") == "200 rest /{id...} assets/a/b.css")
    }

    @Test func `a parameter is a segment that is not empty, and a slash at the end counts`() async throws {
        var router = Router()
        router.on(.get, "/", named("root"))
        router.on(.get, "/runs/{id}", named("run"))
        #expect(try await answer(router, .get, "/") == "200 root / -")
        #expect(try await answer(router, .get, "/runs/") == "404 Not Found\n")
        #expect(try await answer(router, .get, "/runs/7/") == "404 Not Found\n")
        #expect(try await answer(router, .get, "/runs/a%2Fb") == "200 run /runs/{id} a/b")
    }

    @Test func `another method of a parameter route is found behind a literal`() async throws {
        var router = Router()
        router.on(.get, "/runs/latest", named("latest"))
        router.on(.delete, "/runs/{id}", named("delete"))
        #expect(try await answer(router, .delete, "/runs/latest") == "200 delete /runs/{id} latest")
        let response = await RouteTable(router).answer(try HTTPRequest(.put, "/runs/latest"))
        #expect(response.status == .methodNotAllowed)
        #expect(response.fields[.allow] == "DELETE, GET, HEAD")
    }

    @Test func `parameters are read as the type asked for`() async throws {
        let id = UUID()
        var router = Router()
        router.on(.get, "/{id}") { request in
            let id = try request.parameters.require("id", as: UUID.self)
            let limit = try request.query.optional("limit", as: Int.self)
            return .text("\(id) \(limit.map(String.init) ?? "none") \(try request.query.require("q", as: String.self))")
        }
        #expect(try await answer(router, .get, "/\(id)?q=a") == "200 \(id) none a")
        #expect(try await answer(router, .get, "/\(id)?q=&limit=-3") == "200 \(id) -3 ")
        for target in ["/\(id)", "/7?q=a", "/\(id)?q=a&limit=x", "/\(id)?q=a&q=b"] {
            #expect(try await answer(router, .get, target).hasPrefix("400 the "))
        }
    }

    @Test func `middleware stands around handlers, the first outermost, and around a miss`() async throws {
        var router = Router()
        router.use { request, next in
            var response = try await next(request)
            response.fields["X-Trail"] = (response.fields["X-Trail"] ?? "") + "1"
            return response
        }
        router.use { request, next in
            request[Principal.self] = "somebody"
            var response = try await next(request)
            response.fields["X-Trail"] = (response.fields["X-Trail"] ?? "") + "2"
            return response
        }
        router.on(.get, "/open") { request in .text(request[Principal.self]) }
        let table = RouteTable(router)
        let open = await table.answer(try HTTPRequest(.get, "/open"))
        #expect(open.bytes == Array("somebody".utf8) && open.fields["x-trail"] == "21")
        let missing = await table.answer(try HTTPRequest(.get, "/nowhere"))
        #expect(missing.status == .notFound && missing.fields["x-trail"] == "21")
    }

    @Test func `middleware sees what a handler throws`() async throws {
        struct Refused: Error {}
        var router = Router()
        router.use { request, next in
            do { return try await next(request) } catch is Refused { return HTTPResponse(status: .conflict) }
        }
        router.on(.get, "/") { _ in throw Refused() }
        #expect(try await answer(router, .get, "/") == "409 ")
    }
}

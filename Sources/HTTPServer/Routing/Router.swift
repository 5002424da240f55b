/// Answers a request. What it throws is answered by the server's failure responder.
package typealias Handler = @Sendable (HTTPRequest) async throws -> HTTPResponse

/// Stands around a handler: may change the request, answer itself, or change the response.
package typealias Middleware = @Sendable (_ request: HTTPRequest, _ next: Handler) async throws -> HTTPResponse

/// What a route allows beside the server's defaults.
package struct RouteLimits: Sendable, Equatable {
    /// The longest body in bytes; `nil` for the server's default.
    package var body: Int?
    /// How long receiving and handling may take; `nil` for the server's default.
    package var deadline: Duration?

    package init(body: Int? = nil, deadline: Duration? = nil) {
        self.body = body
        self.deadline = deadline
    }
}

/// The routes and the middleware around them.
///
///     var router = Router()
///     router.use { request, next in try await next(request) }
///     router.on(.get, "/api/v1/runs/{id}") { request in
///         let id = try request.parameters.require("id", as: UUID.self)
///         return .text("\(id)")
///     }
///
/// A literal segment is preferred to a parameter; GET routes answer HEAD too; a path of other methods only is answered
/// 405 with Allow.
package struct Router: Sendable {
    struct Entry: Sendable {
        let method: HTTPMethod
        let pattern: RoutePattern
        let limits: RouteLimits
        let isBrief: Bool
        let handler: Handler
    }

    private(set) var entries: [Entry] = []
    private(set) var middleware: [Middleware] = []

    package init() {}

    /// Adds a route. The same method and path twice is a mistake in the program.
    ///
    /// - Parameter isBrief: Whether the handler computes for well under a millisecond between its waits. It then runs on the
    ///   thread that serves the connections, which saves waking others and makes every connection wait while it computes;
    ///   unless the body is longer than `ServerCore.longestBriefBody`, which might take longer to read.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, limits: RouteLimits = RouteLimits(), isBrief: Bool = false,
        _ handler: @escaping Handler
    ) {
        entries.append(
            Entry(method: method, pattern: RoutePattern(path), limits: limits, isBrief: isBrief, handler: handler))
    }

    /// Adds middleware around every route and around 404 and 405; what is added first stands outermost.
    package mutating func use(_ middleware: @escaping Middleware) {
        self.middleware.append(middleware)
    }

    /// The handler with the middleware around it, the first one outermost.
    static func wrap(_ handler: @escaping Handler, in middleware: [Middleware]) -> Handler {
        var wrapped = handler
        for layer in middleware.reversed() {
            let next = wrapped
            wrapped = { request in try await layer(request, next) }
        }
        return wrapped
    }
}

/// The finished routes: what the server asks, and what tests can ask without a network.
package struct RouteTable: Sendable {
    private let tree: RouteTree
    private let middleware: [Middleware]
    private let render: FailureResponder

    package init(_ router: Router, failures: @escaping FailureResponder = RouteTable.plainText) {
        var tree = RouteTree()
        for entry in router.entries {
            let route = Route(
                pattern: entry.pattern.text, names: entry.pattern.names, limits: entry.limits, isBrief: entry.isBrief,
                handler: Router.wrap(entry.handler, in: router.middleware))
            tree.insert(route, method: entry.method, at: entry.pattern.segments[...])
        }
        self.tree = tree
        self.middleware = router.middleware
        self.render = failures
    }

    /// Answers the request as the server would, failures included.
    package func answer(_ request: HTTPRequest) async -> HTTPResponse {
        await answer(request, match: match(request.method, request.segments))
    }

    func match(_ method: HTTPMethod, _ segments: [String]) -> RouteMatch {
        tree.match(method, segments)
    }

    func answer(_ request: HTTPRequest, match: RouteMatch) async -> HTTPResponse {
        var request = request
        do {
            switch match {
            case .found(let route, let values):
                request.route = route.pattern
                if !values.isEmpty { request.parameters = PathParameters(names: route.names, values: values) }
                return try await route.handler(request)
            case .otherMethods(let allowed):
                return try await miss(.methodNotAllowed(allowed: allowed))(request)
            case .nothing:
                return try await miss(.notFound)(request)
            }
        } catch let error as ParameterError {
            return failure(.invalidParameter(error), request)
        } catch is CancellationError where Task.isCancelled {
            return failure(.cancelled, request)
        } catch {
            return failure(.handlerFailed(error), request)
        }
    }

    /// The consumer's rendering of a failure, with the fields that it needs whatever was rendered.
    func failure(_ failure: HTTPFailure, _ request: HTTPRequest?) -> HTTPResponse {
        var response = render(failure, request)
        failure.addRequiredFields(to: &response.fields)
        return response
    }

    private func miss(_ failure: HTTPFailure) -> Handler {
        Router.wrap({ request in self.failure(failure, request) }, in: middleware)
    }

    /// Renders failures as one line of plain text.
    package static let plainText: FailureResponder = { failure, _ in
        .text("\(failure.publicReason ?? failure.status.reasonPhrase)\n", status: failure.status)
    }
}

/// Renders a failure. The request is absent if it could not be understood. Must answer at once: it is called on the
/// library's thread as well. Its status should be the failure's.
package typealias FailureResponder = @Sendable (_ failure: HTTPFailure, _ request: HTTPRequest?) -> HTTPResponse

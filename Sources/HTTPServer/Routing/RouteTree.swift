/// The routes by their segments.
struct RouteTree: Sendable {
    private var literals: [String: RouteTree] = [:]
    /// At most one.
    private var parameter: [RouteTree] = []
    private var routes: [HTTPMethod: Route] = [:]
    private var restRoutes: [HTTPMethod: Route] = [:]

    mutating func insert(_ route: Route, method: HTTPMethod, at segments: ArraySlice<RoutePattern.Segment>) {
        switch segments.first {
        case .literal(let text):
            literals[text, default: RouteTree()].insert(route, method: method, at: segments.dropFirst())
        case .parameter:
            if parameter.isEmpty { parameter.append(RouteTree()) }
            parameter[0].insert(route, method: method, at: segments.dropFirst())
        case .rest:
            Self.add(route, method, to: &restRoutes)
        case nil:
            Self.add(route, method, to: &routes)
        }
    }

    func match(_ method: HTTPMethod, _ segments: [String]) -> RouteMatch {
        var values: [String] = []
        var allowed: [HTTPMethod] = []
        if let route = find(method, segments[...], &values, &allowed) { return .found(route, values: values) }
        if allowed.isEmpty { return .nothing }
        return .otherMethods(Set(allowed).sorted { $0.rawValue < $1.rawValue })
    }

    /// Depth first, literals before parameters before the rest. The depth is that of the patterns.
    private func find(
        _ method: HTTPMethod, _ segments: ArraySlice<String>, _ values: inout [String], _ allowed: inout [HTTPMethod]
    ) -> Route? {
        guard let segment = segments.first else { return choose(method, routes, &allowed) }
        if let child = literals[segment],
            let route = child.find(method, segments.dropFirst(), &values, &allowed)
        {
            return route
        }
        if !segment.isEmpty, let child = parameter.first {
            values.append(segment)
            if let route = child.find(method, segments.dropFirst(), &values, &allowed) { return route }
            values.removeLast()
        }
        guard let route = choose(method, restRoutes, &allowed) else { return nil }
        values.append(segments.joined(separator: "/"))
        return route
    }

    private func choose(
        _ method: HTTPMethod, _ routes: [HTTPMethod: Route], _ allowed: inout [HTTPMethod]
    ) -> Route? {
        if let route = routes[method] { return route }
        if method == .head, let route = routes[.get] { return route }
        allowed.append(contentsOf: routes.keys)
        if routes[.get] != nil { allowed.append(.head) }
        return nil
    }

    private static func add(_ route: Route, _ method: HTTPMethod, to routes: inout [HTTPMethod: Route]) {
        precondition(routes[method] == nil, "\(method) \(route.pattern) is routed twice")
        routes[method] = route
    }
}

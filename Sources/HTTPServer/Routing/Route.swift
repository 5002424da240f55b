/// One route, ready to be asked.
struct Route: Sendable {
    let pattern: String
    let names: [String]
    let limits: RouteLimits
    /// The handler with all its middleware around it.
    let handler: Handler
}

/// What the routes have for a method and a path.
enum RouteMatch: Sendable {
    case found(Route, values: [String])
    case otherMethods([HTTPMethod])
    case nothing

    /// The limits of the route, the defaults of the server where there is none.
    var limits: RouteLimits {
        switch self {
        case .found(let route, _): route.limits
        case .otherMethods, .nothing: RouteLimits()
        }
    }
}

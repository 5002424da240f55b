/// One route, ready to be asked.
struct Route: Sendable {
    let pattern: String
    let names: [String]
    let limits: RouteLimits
    let isBrief: Bool
    /// The handler with all its middleware around it.
    let handler: Handler
}

/// What the routes have for a method and a path.
enum RouteMatch: Sendable {
    case found(Route, values: [String])
    case otherMethods([HTTPMethod])
    case nothing

    var route: Route? {
        switch self {
        case .found(let route, _): route
        case .otherMethods, .nothing: nil
        }
    }

    /// The limits of the route, the defaults of the server where there is none.
    var limits: RouteLimits {
        route?.limits ?? RouteLimits()
    }
}

/// A request's head, found to be unambiguous, and what the routes have for it.
struct RequestHead: Sendable {
    let method: HTTPMethod
    let target: RequestTarget
    let fields: HTTPFields
    let match: RouteMatch
    let bodyLimit: Int
}

import API
import HTTPServer

/// Keeps web pages of others out, as long as there is no sign-in: a page that somebody visits must not be able to use
/// the visitor's loopback address.
enum LoopbackGuard {
    /// - Throws: A `Problem` for a request that names another host (DNS rebinding), or changes something on behalf of a
    ///   page from elsewhere (cross-site request forgery).
    static func check(_ request: HTTPRequest) throws {
        let host = request.fields[.host] ?? ""
        guard isLoopback(host) else {
            throw Problem(
                status: 421, code: "host-not-local", title: "This server answers for loopback names only",
                detail: "use http://127.0.0.1 or http://localhost with the server's port")
        }
        guard request.method != .get, request.method != .head else { return }
        let site = request.fields["Sec-Fetch-Site"] ?? "none"
        let origin = request.fields[.origin]
        let isNamed = origin != nil || site == "same-origin" || !isForm(request)
        guard isNamed, site == "same-origin" || site == "none", origin == nil || origin == "http://\(host.lowercased())"
        else {
            throw Problem(
                status: 403, code: "cross-site", title: "Requests from other sites are refused",
                detail: "send the request from a page of this server, or from a program without an Origin header")
        }
    }

    /// Whether the body is a form's: those come from browsers, which say where from.
    static func isForm(_ request: HTTPRequest) -> Bool {
        let type = (request.fields[.contentType] ?? "").prefix { $0 != ";" }
        return type.lowercased() == "application/x-www-form-urlencoded"
    }

    /// A name that somebody else's DNS answers can be made to lead to loopback; these three cannot.
    static func isLoopback(_ host: String) -> Bool {
        let lower = host.lowercased()
        for name in ["127.0.0.1", "localhost", "[::1]"] where lower.hasPrefix(name) {
            let rest = lower.dropFirst(name.count)
            if rest.isEmpty { return true }
            guard rest.first == ":", let port = UInt16(rest.dropFirst()) else { return false }
            return rest.dropFirst() == "\(port)"
        }
        return false
    }
}

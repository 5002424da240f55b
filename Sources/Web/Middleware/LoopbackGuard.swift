import API
import HTTPServer

/// Keeps web pages of others out, as long as there is no sign-in: a page that somebody visits must not be able to use
/// the visitor's loopback address.
struct LoopbackGuard: Sendable {
    /// Where a proxy in front of the server is reached; nil when there is none.
    let publicOrigin: PublicOrigin?

    /// What is asked for by GET, and recorded all the same.
    private static let recordedQueries: Set = [Endpoints.exportLog.template]

    /// - Throws: A `Problem` for a request that names another host (DNS rebinding), or has something recorded on behalf
    ///   of a page from elsewhere (cross-site request forgery).
    func check(_ request: HTTPRequest) throws {
        let host = (request.fields[.host] ?? "").lowercased()
        let isLocal = Self.isLoopback(host)
        guard isLocal || publicOrigin?.authorities.contains(host) == true else {
            let other = publicOrigin.map { ", or \($0)" } ?? ""
            throw Problem(
                status: 421, code: "host-not-local", title: "This server does not answer for this host",
                detail: "use http://127.0.0.1 or http://localhost with the server's port\(other)")
        }
        if request.method.isSafe, !Self.recordedQueries.contains(request.route ?? "") { return }
        let site = request.fields["Sec-Fetch-Site"] ?? "none"
        let origin = request.fields[.origin]
        // Forms come from browsers, which say where from.
        let isNamed = origin != nil || site == "same-origin" || !request.fields.hasMediaType(PageForms.mediaType)
        let isOwn = origin == nil || isLocal && origin == "http://\(host)" || origin == publicOrigin?.description
        guard isNamed, site == "same-origin" || site == "none", isOwn else {
            throw Problem(
                status: 403, code: "cross-site", title: "Requests from other sites are refused",
                detail: "send the request from a page of this server, or from a program without an Origin header")
        }
    }

    private static let loopbackNames = ["127.0.0.1", "localhost", "[::1]"]

    /// A name that somebody else's DNS answers can be made to lead to loopback; these three cannot.
    ///
    /// - Parameter host: In lower case.
    private static func isLoopback(_ host: String) -> Bool {
        for name in loopbackNames where host.utf8.starts(with: name.utf8) {
            let rest = host.utf8.dropFirst(name.utf8.count)
            if rest.isEmpty { return true }
            let digits = Substring(rest.dropFirst())
            guard rest.first == UInt8(ascii: ":"), let port = UInt16(digits) else { return false }
            return digits == "\(port)"
        }
        return false
    }
}

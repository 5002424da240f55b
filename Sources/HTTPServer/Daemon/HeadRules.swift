/// Decides whether a request's head can be read in one way only (RFC 9112, sections 3.2, 5 and 6).
///
/// libmicrohttpd lets several through that can be read in two, and each is a known way past a proxy.
struct HeadRules {
    private var hosts: [String] = []
    private var contentLengths: [String] = []
    private var transferCodings: [String] = []
    private var fault: String?

    /// The declared length of the body in bytes.
    var contentLength: Int? { contentLengths.first.flatMap { Int($0) } }
    var isChunked: Bool { !transferCodings.isEmpty }
    var announcesBody: Bool { isChunked || (contentLength ?? 0) > 0 }
    private(set) var expectsContinue = false

    /// Takes one line; the value without the white space around it.
    mutating func note(_ field: HTTPFields.Field) {
        switch field.name {
        case .host: hosts.append(field.value)
        case .contentLength: contentLengths.append(field.value)
        case .transferEncoding: transferCodings.append(field.value)
        case .expect: expectsContinue = field.value.lowercased() == "100-continue"
        default: break
        }
    }

    /// Notes what no field shows: how its line was written.
    mutating func note(fault: String) {
        if self.fault == nil { self.fault = fault }
    }

    /// - Parameter authority: host and port of a target in absolute form.
    /// - Returns: why the request is refused, `nil` if it is not.
    func refusal(version: String, authority: String?) -> String? {
        if let fault { return fault }
        if hosts.count > 1 { return "there are two Host fields" }
        if let host = hosts.first, !FieldSyntax.isHost(host.utf8) { return "the Host field is no host" }
        if let authority, let host = hosts.first, authority.lowercased() != host.lowercased() {
            return "the Host field is not the target's host"
        }
        if contentLengths.count > 1 { return "there are two Content-Length fields" }
        if transferCodings.isEmpty { return nil }
        if !contentLengths.isEmpty { return "there are Content-Length and Transfer-Encoding" }
        if transferCodings.count > 1 { return "there are two Transfer-Encoding fields" }
        if transferCodings.first?.lowercased() != "chunked" { return "the only transfer coding known is chunked" }
        if version == "HTTP/1.0" { return "HTTP/1.0 has no transfer codings" }
        return nil
    }
}

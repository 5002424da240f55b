import CCurl

/// Scheme, host and port of a URL (RFC 6454): who is spoken to.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
    package let scheme: String
    /// In lower case.
    package let host: String
    package let port: Int

    /// Reads the origin of a URL, and checks the whole of it on the way.
    ///
    /// - Throws: `ClientError.invalidURL` where it is malformed, neither `http` nor `https`, or holds a user.
    package init(of url: String) throws(ClientError) {
        guard let parsed = curl_url() else { throw .invalidURL("no memory") }
        defer { curl_url_cleanup(parsed) }
        let code = curl_url_set(parsed, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard code == CURLUE_OK else { throw .invalidURL(String(cString: curl_url_strerror(code))) }
        guard let scheme = Self.part(CURLUPART_SCHEME, of: parsed), ["http", "https"].contains(scheme) else {
            throw .invalidURL("neither http nor https")
        }
        guard let host = Self.part(CURLUPART_HOST, of: parsed), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: parsed).flatMap({ Int($0) })
        else { throw .invalidURL("no host or port") }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    package var description: String { "\(scheme)://\(host):\(port)" }

    private static func part(_ part: CURLUPart, of parsed: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parsed, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}

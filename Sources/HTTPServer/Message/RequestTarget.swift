/// The request line's target, taken apart and decoded once (RFC 9112, section 3.2; RFC 3986).
///
/// Refused are: anything but origin form and `http` absolute form; bytes outside printable ASCII, `#` and `\`; broken
/// percent-escapes; escapes that give no UTF-8, a NUL or, in the path, a control character; and the segments `.` and
/// `..`, plain or encoded.
package struct RequestTarget: Sendable, Equatable {
    /// As sent.
    package let raw: String
    /// The path as sent, still encoded and without the query.
    package let path: String
    /// The path's segments, decoded: `/a/b%2Fc` is `["a", "b/c"]`, `/` is none, and `/a/` is `["a", ""]`.
    package let segments: [String]
    package let query: QueryParameters
    /// Host and port of an absolute form, which must be those of the Host field.
    let authority: String?

    /// Why a target was refused.
    package struct Refusal: Error, Equatable, Sendable {
        package let reason: String
    }

    package init(_ raw: String) throws(Refusal) {
        let bytes = raw.utf8
        for byte in bytes where !(0x21...0x7E).contains(byte) || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "\\")
        {
            throw Refusal(reason: "the request target holds a character that must be percent-encoded")
        }
        let (authority, origin) = try Self.splitAuthority(raw)
        let mark = origin.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = origin[..<(mark ?? origin.endIndex)]
        self.raw = raw
        self.authority = authority
        self.path = String(path)
        self.segments = try Self.decodeSegments(path.utf8)
        if let mark {
            self.query = try QueryParameters(encoded: origin[origin.utf8.index(after: mark)...].utf8)
        } else {
            self.query = QueryParameters()
        }
    }

    private static func splitAuthority(_ raw: String) throws(Refusal) -> (authority: String?, origin: Substring) {
        if raw.utf8.first == UInt8(ascii: "/") { return (nil, raw[...]) }
        let scheme = "http://"
        guard raw.utf8.count > scheme.utf8.count, raw.prefix(scheme.utf8.count).lowercased() == scheme else {
            throw Refusal(reason: "the request target is neither a path nor an http URL")
        }
        let rest = raw.dropFirst(scheme.utf8.count)
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end]
        if authority.isEmpty || authority.utf8.contains(UInt8(ascii: "@")) {
            throw Refusal(reason: "the request target's authority is not a host and port")
        }
        let origin = rest[end...]
        return (String(authority), origin.utf8.first == UInt8(ascii: "/") ? origin : "/" + origin)
    }

    private static func decodeSegments(_ path: Substring.UTF8View) throws(Refusal) -> [String] {
        let encoded = path.dropFirst()
        if encoded.isEmpty { return [] }
        var segments: [String] = []
        for piece in encoded.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try decodeSegment(piece))
        }
        return segments
    }

    private static func decodeSegment(_ piece: Substring.UTF8View) throws(Refusal) -> String {
        let segment: String
        do {
            segment = piece.contains(UInt8(ascii: "%")) ? try PercentDecoding.decode(piece) : String(Substring(piece))
        } catch {
            throw Refusal(reason: "the path holds a percent-escape that is broken, no UTF-8 or a NUL")
        }
        if segment.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw Refusal(reason: "the path holds a control character")
        }
        if segment == "." || segment == ".." {
            throw Refusal(reason: "the path holds a dot segment")
        }
        return segment
    }
}

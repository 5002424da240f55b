/// Text as part of a URL (RFC 3986, section 2): everything but unreserved characters is encoded, as UTF-8.
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// One segment of a path, or a name or value of a query. `/` becomes `%2F`.
    package static func encode(_ text: String) -> String {
        encode(text, space: "%20")
    }

    /// A value as HTML forms and Java's URLEncoder write it: a space is `+`.
    package static func encodeForm(_ text: String) -> String {
        encode(text, space: "+")
    }

    /// `name=value` joined by `&`, in the given order.
    package static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { encode($0.name) + "=" + encode($0.value) }.joined(separator: "&")
    }

    /// A URL below another one.
    ///
    /// - Parameters:
    ///   - base: As `http://host:port/prefix`, with a slash at its end or without.
    ///   - path: Segments, each encoded here. None of them may be empty, `.` or `..`, which would change the path.
    package static func url(
        _ base: String, path: [String] = [], query items: [(name: String, value: String)] = []
    ) throws(ClientError) -> String {
        var url = base.hasSuffix("/") && !path.isEmpty ? String(base.dropLast()) : base
        for segment in path {
            guard !["", ".", ".."].contains(segment) else { throw .invalidURL("\"\(segment)\" in a path") }
            url += "/" + encode(segment)
        }
        return items.isEmpty ? url : url + "?" + query(items)
    }

    private static func encode(_ text: String, space: String) -> String {
        var encoded = ""
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "):
                encoded += space
            default:
                encoded += "%"
                encoded.unicodeScalars.append(Unicode.Scalar(digits[Int(byte >> 4)]))
                encoded.unicodeScalars.append(Unicode.Scalar(digits[Int(byte & 15)]))
            }
        }
        return encoded
    }
}

extension HTTPFields {
    /// A field's name: kept as written, equal without regard to ASCII case.
    package struct Name: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        package let text: String

        package init(_ text: String) {
            self.text = text
        }

        package init(stringLiteral value: String) {
            self.text = value
        }

        package var description: String { text }

        package static func == (left: Name, right: Name) -> Bool {
            if left.text.utf8.count != right.text.utf8.count { return false }
            return left.text == right.text || left.lowercaseBytes.elementsEqual(right.lowercaseBytes)
        }

        package func hash(into hasher: inout Hasher) {
            for byte in lowercaseBytes { hasher.combine(byte) }
        }

        private var lowercaseBytes: some Sequence<UInt8> {
            text.utf8.lazy.map(\.lowercaseASCII)
        }
    }
}

extension HTTPFields.Name {
    package static let accept: Self = "Accept"
    package static let acceptEncoding: Self = "Accept-Encoding"
    package static let acceptLanguage: Self = "Accept-Language"
    package static let allow: Self = "Allow"
    package static let authorization: Self = "Authorization"
    package static let cacheControl: Self = "Cache-Control"
    package static let connection: Self = "Connection"
    package static let contentDisposition: Self = "Content-Disposition"
    package static let contentLength: Self = "Content-Length"
    package static let contentSecurityPolicy: Self = "Content-Security-Policy"
    package static let contentType: Self = "Content-Type"
    package static let cookie: Self = "Cookie"
    package static let date: Self = "Date"
    package static let etag: Self = "ETag"
    package static let expect: Self = "Expect"
    package static let host: Self = "Host"
    package static let idempotencyKey: Self = "Idempotency-Key"
    package static let ifMatch: Self = "If-Match"
    package static let ifNoneMatch: Self = "If-None-Match"
    package static let lastEventID: Self = "Last-Event-ID"
    package static let link: Self = "Link"
    package static let location: Self = "Location"
    package static let origin: Self = "Origin"
    package static let referer: Self = "Referer"
    package static let retryAfter: Self = "Retry-After"
    package static let setCookie: Self = "Set-Cookie"
    package static let traceparent: Self = "Traceparent"
    package static let transferEncoding: Self = "Transfer-Encoding"
    package static let userAgent: Self = "User-Agent"
    package static let vary: Self = "Vary"
    package static let wwwAuthenticate: Self = "WWW-Authenticate"
}

extension UInt8 {
    /// In lower case, if it is a letter of ASCII.
    var lowercaseASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}

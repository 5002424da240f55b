import HTTPServer

/// What every answer tells a browser to keep to.
enum SecurityFields {
    static let contentSecurityPolicy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "connect-src 'self'", "img-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")

    static func add(to fields: inout HTTPFields) {
        fields[.contentSecurityPolicy] = contentSecurityPolicy
        fields["X-Content-Type-Options"] = "nosniff"
        fields["Referrer-Policy"] = "same-origin"
        fields["Cross-Origin-Resource-Policy"] = "same-origin"
        fields.setIfAbsent(.cacheControl, "no-store")
    }
}

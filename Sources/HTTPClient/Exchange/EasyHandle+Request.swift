import CCurl

extension EasyHandle {
    /// The bounds of an answer that is taken as a whole.
    func configureWhole(_ request: Client.Request) throws(ClientError) {
        try set(CURLOPT_TIMEOUT_MS, milliseconds: request.deadline)
        // Whatever this build can decompress; the body is counted afterwards.
        try set(CURLOPT_ACCEPT_ENCODING, "")
    }

    /// The bounds of an answer that may go on for ever.
    func configureStreamed(_ request: Client.Request) throws(ClientError) {
        guard let limit = request.silenceLimit else { return }
        try set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try set(CURLOPT_LOW_SPEED_TIME, (limit.wholeMilliseconds + 999) / 1000)
    }

    func configure(_ request: Client.Request, _ configuration: Client.Configuration) throws(ClientError) {
        _ = try Origin(of: request.url)
        try set(CURLOPT_URL, request.url)
        // What is sent is what was given: no `..` is resolved here.
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // No proxy, whatever the environment says.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "*")
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds: request.connectTimeout)
        try set(CURLOPT_MAXAGE_CONN, (configuration.idleTime.wholeMilliseconds + 999) / 1000)
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        try configure(request.method, body: request.body)
        try configure(request.fields, isSigned: request.signature != nil)
        try configure(request.tls)
        if let signature = request.signature { try configure(signature) }
    }

    private func configure(_ signature: Client.AWSSignature) throws(ClientError) {
        try set(CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
        try set(CURLOPT_USERNAME, signature.accessKey)
        try set(CURLOPT_PASSWORD, signature.secretKey)
    }

    private func configure(_ method: Client.Method, body: [UInt8]?) throws(ClientError) {
        switch (method, body) {
        case (.get, nil):
            try set(CURLOPT_HTTPGET, 1)
        case (.head, nil):
            try set(CURLOPT_NOBODY, 1)
        case (.head, .some):
            throw .invalidRequest("HEAD with a body")
        case (.delete, nil):
            try set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        case (.post, _), (.put, _), (.patch, _), (.get, .some), (.delete, .some):
            try set(CURLOPT_POST, 1)
            try set(CURLOPT_CUSTOMREQUEST, method.rawValue)
            try setBody(body ?? [])
        }
    }

    private func configure(_ fields: Client.Fields, isSigned: Bool) throws(ClientError) {
        // Fields that libcurl would add by itself. Where it signs, 7.88 would sign these lines as fields that it then
        // does not send.
        if !isSigned {
            try addField("Expect:")
            if fields["Content-Type"] == nil { try addField("Content-Type:") }
        }
        for field in fields.all {
            guard Self.isToken(field.name) else { throw .invalidRequest("the name of a header field") }
            guard Self.isValue(field.value) else { throw .invalidRequest("the value of the field \(field.name)") }
            // `Name:` would take the field away.
            try addField(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        try useFields()
    }

    private func configure(_ options: Client.TLSOptions) throws(ClientError) {
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        switch options.verification {
        case .full: break
        case .none:
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let authorities = options.authorities {
            try set(CURLOPT_CAINFO_BLOB, blob: authorities)
            // Debian's folder would be trusted beside them.
            try set(CURLOPT_CAPATH, nil)
        }
        if let identity = options.identity {
            try set(CURLOPT_SSLCERT_BLOB, blob: identity.certificateChain)
            try set(CURLOPT_SSLKEY_BLOB, blob: identity.privateKey)
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// No control character but the tab: a line end would begin another field.
    private static func isValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 9 || ($0 >= 32 && $0 != 127) }
    }
}

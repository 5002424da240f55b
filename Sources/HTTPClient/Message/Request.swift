extension Client {
    /// What is asked of a server, and how long and how much of an answer is waited for.
    package struct Request: Sendable {
        package var method: Method
        /// `http` or `https`, percent-encoded (`PercentEncoding` makes one), with no user in it.
        package var url: String
        package var fields: Fields
        package var body: [UInt8]?
        package var repeatability: Repeatability

        /// From the start to the last byte of the answer; to the end of its head for a streamed one.
        package var deadline: Duration = .seconds(30)
        /// From the start until there is a connection, its name resolved and its TLS agreed on.
        package var connectTimeout: Duration = .seconds(5)
        /// How long a streamed answer may stay silent; nil waits for ever.
        package var silenceLimit: Duration? = .seconds(90)
        /// Bytes of the answer's body, decompressed. Does not bound a streamed one, of which only a window is held.
        package var responseLimit: Int = 4 << 20
        package var tls = TLSOptions()
        /// Nil for a request that is not signed.
        package var signature: AWSSignature?

        /// - Parameter repeatability: Where it is nil, GET and HEAD may be sent again and nothing else.
        package init(
            _ method: Method, _ url: String, fields: Fields = Fields(), body: [UInt8]? = nil,
            repeatability: Repeatability? = nil
        ) {
            self.method = method
            self.url = url
            self.fields = fields
            self.body = body
            switch method {
            case .get, .head: self.repeatability = repeatability ?? .replayable
            case .post, .put, .patch, .delete: self.repeatability = repeatability ?? .once
            }
        }
    }
}

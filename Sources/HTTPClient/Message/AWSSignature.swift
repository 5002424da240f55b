extension Client {
    /// Signs a request by AWS Signature Version 4, as S3 and what speaks its protocol want it. Prints as dots.
    ///
    /// The query is signed as it is given: parameters sorted, percent-encoded (`/` as well), `key=` for an empty value.
    /// libcurl 7.88 takes the digest of the body from the field `x-amz-content-sha256`, which the caller gives: S3 refuses a
    /// request without it.
    package struct AWSSignature: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        let region: String
        let service: String
        let accessKey: String
        let secretKey: String

        /// - Parameters:
        ///   - region: As in `eu-west-1`; stores that have none take `us-east-1`.
        ///   - service: `s3` for S3.
        package init(region: String, service: String, accessKey: String, secretKey: String) {
            self.region = region
            self.service = service
            self.accessKey = accessKey
            self.secretKey = secretKey
        }

        package var description: String { "•••" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }
}

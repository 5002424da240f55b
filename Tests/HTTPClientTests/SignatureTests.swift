import Cryptography
import Foundation
import Testing

@testable import HTTPClient

@Suite struct SignatureTests {
    private static let signature = Client.AWSSignature(
        region: "eu-west-1", service: "s3", accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCY")

    @Test func `a signed request bears the signature that AWS prescribes, and no line that was not signed`()
        async throws
    {
        let body = Array("a note\n".utf8)
        for method in [Client.Method.get, .put] {
            let server = try RawServer { connection in
                connection.readRequest()
                connection.answer("")
            }
            var request = Client.Request(
                method, server.url + "/bucket/a%20b/1", body: method == .put ? body : nil, repeatability: .replayable)
            let digest = "\(SHA256Digest(of: method == .put ? body : []))"
            request.fields["x-amz-content-sha256"] = digest
            if method == .put { request.fields["Content-Type"] = "text/plain; charset=utf-8" }
            request.signature = Self.signature
            _ = try await Client().send(request)
            let sent = try #require(server.received.first)
            let fields = Self.fields(of: sent.head)
            #expect(fields["authorization"] == Self.authorization(method.rawValue, "/bucket/a%20b/1", fields, digest))
            #expect(fields["expect"] == nil)
        }
    }

    @Test func `keys are not printed`() {
        #expect("\(Self.signature)" == "•••")
        #expect(!String(reflecting: Self.signature).contains("AKID"))
    }

    private static func fields(of head: String) -> [String: String] {
        Dictionary(
            head.components(separatedBy: "\r\n").dropFirst().prefix { !$0.isEmpty }.map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
            }
        ) { first, _ in first }
    }

    /// As AWS's documentation of Signature Version 4 tells it, step by step.
    private static func authorization(
        _ method: String, _ path: String, _ fields: [String: String], _ digest: String
    ) -> String {
        let time = fields["x-amz-date"] ?? ""
        let names = fields.keys.filter { ["content-type", "host"].contains($0) || $0.hasPrefix("x-amz-") }.sorted()
        let canonical =
            "\(method)\n\(path)\n\n" + names.map { "\($0):\(fields[$0] ?? "")\n" }.joined()
            + "\n\(names.joined(separator: ";"))\n\(digest)"
        let scope = "\(time.prefix(8))/eu-west-1/s3/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(SHA256Digest(of: canonical.utf8))"
        var key = Array("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCY".utf8)
        for part in [String(time.prefix(8)), "eu-west-1", "s3", "aws4_request"] {
            key = HMACSHA256.code(for: part.utf8, key: key)
        }
        let signature = Hexadecimal.encode(HMACSHA256.code(for: text.utf8, key: key))
        return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(scope), SignedHeaders=\(names.joined(separator: ";")), "
            + "Signature=\(signature)"
    }
}

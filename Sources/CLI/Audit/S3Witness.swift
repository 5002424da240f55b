import ControlPlane
import Cryptography
import Foundation
import HTTPClient
import Terminal

/// Checkpoints in a bucket, one object each: best one whose objects are locked, under keys that the database's
/// administrators do not have.
///
/// Named `s3://BUCKET/PREFIX`. Endpoint, region and keys come from the environment, by the names that all S3 clients
/// know: `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.
struct S3Witness: Witness {
    /// Endpoint, bucket and prefix: what stands before an object's name.
    private let base: String
    private let signature: Client.AWSSignature
    private let http: Client
    private static let latestName = "latest"

    init(place: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let path = place.dropFirst("s3://".count).split(separator: "/").map(String.init)
        guard place.hasPrefix("s3://"), !path.isEmpty else {
            throw UsageError("--witness \(place) must be s3://BUCKET or s3://BUCKET/PREFIX")
        }
        func variable(_ names: String...) -> String? { names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } }
        guard let accessKey = variable("AWS_ACCESS_KEY_ID"), let secretKey = variable("AWS_SECRET_ACCESS_KEY") else {
            throw UsageError("--witness \(place) needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
        }
        let region = variable("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1"
        var endpoint = variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") ?? "https://s3.\(region).amazonaws.com"
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        // Path style: it works with every store, and with buckets whose names have dots.
        base = endpoint + "/" + path.map(HTTPClient.PercentEncoding.encode).joined(separator: "/") + "/"
        signature = Client.AWSSignature(region: region, service: "s3", accessKey: accessKey, secretKey: secretKey)
        http = try Client()
    }

    func keep(_ checkpoint: KeptCheckpoint) async throws {
        let name = WitnessPlace.fileName(of: checkpoint.number)
        if let known = try await get(name) {
            guard known == checkpoint.note else { throw WitnessDisagrees(number: checkpoint.number) }
        } else {
            try await put(checkpoint.note, name)
        }
        try await put(checkpoint.note, Self.latestName)
    }

    func latest() async throws -> String? { try await get(Self.latestName) }

    /// An object's content; nil where there is none.
    private func get(_ name: String) async throws -> String? {
        let answer = try await http.send(signed(Client.Request(.get, base + name)))
        switch answer.status {
        case 200: return answer.text
        case 404 where !answer.text.contains("NoSuchBucket"): return nil
        default: throw failure(answer, name)
        }
    }

    private func put(_ note: String, _ name: String) async throws {
        var request = Client.Request(.put, base + name, body: Array(note.utf8), repeatability: .replayable)
        request.fields["Content-Type"] = "text/plain; charset=utf-8"
        let answer = try await http.send(signed(request))
        guard (200..<300).contains(answer.status) else { throw failure(answer, name) }
    }

    private func signed(_ request: Client.Request) -> Client.Request {
        var request = request
        request.fields["x-amz-content-sha256"] = "\(SHA256Digest(of: request.body ?? []))"
        request.signature = signature
        return request
    }

    private func failure(_ answer: Client.Response, _ name: String) -> WitnessFailure {
        let code = answer.text.firstMatch(of: /<Code>(\w+)<\/Code>/).map { String($0.1) } ?? "no code"
        return WitnessFailure(reason: "S3 answered \(answer.status) (\(code)) for \(name)")
    }
}

import API
import Foundation
import HTTPClient
import TestSupport
import Testing

/// The real S3 that tests use, where there is one; its keys are in the environment, as S3 clients expect them.
enum S3Server {
    static let url = ProcessInfo.processInfo.environment["WEIR_S3_URL"]
    static let skipReason: Comment = "SKIPPED s3: WEIR_S3_URL names none; tools/test starts one where it can"
    static var isThere: Bool { url != nil || ProcessInfo.processInfo.environment["WEIR_REQUIRE_ENGINES"] == "1" }
}

@Suite("A witness in S3", .enabled(if: S3Server.isThere, S3Server.skipReason))
struct S3WitnessTests {
    @Test("keeps every checkpoint, and holds a log that was cut off against what it has seen")
    func keeps() async throws {
        let url = try #require(S3Server.url)
        let place = "run \(UUID())/a+b"
        try await MigratedDatabase.run { database in
            let keyFile = database.folder.appending(path: "checkpoint-key").path
            let made = try await WeirProgram.run(["audit", "keygen", keyFile])
            let options = [
                "--checkpoint-key-file", keyFile, "--checkpoint-interval", "100ms", "--witness",
                "s3://witness/\(place)",
            ]
            let server = try await WeirProcess.serve(database, options: options)
            _ = try await UserSession(server.base)
            let kept = S3Reader(url: url, place: place)
            try await eventually("the newest checkpoint came to the bucket") {
                let note = try await WeirProgram.run(["audit", "checkpoint"], server: server.base).output
                return try await kept.object("latest") == note && !note.isEmpty
            }
            let bundle = database.folder.appending(path: "bundle.jsonl").path
            #expect(try await WeirProgram.run(["audit", "export", bundle], server: server.base).status == 0)
            let verified = try await WeirProgram.run([
                "audit", "verify", bundle, "--public-key", made.output.trimmingCharacters(in: .newlines), "--witness",
                "s3://witness/\(place)",
            ])
            #expect(verified.status == 0 && verified.output.contains("witnessed"), "\(verified)")
            #expect(try await kept.object("0000000000000000001.checkpoint")?.contains("checkpoint 1\n") == true)
            await server.stop()
        }
        // Another log at the same place is not the one that was seen.
        try await MigratedDatabase.run { database in
            let keyFile = database.folder.appending(path: "checkpoint-key").path
            _ = try await WeirProgram.run(["audit", "keygen", keyFile])
            let server = try await WeirProcess.serve(
                database, options: ["--checkpoint-key-file", keyFile, "--witness", "s3://witness/\(place)"])
            try await eventually("the fault was told") {
                let logs = try FileManager.default.contentsOfDirectory(atPath: database.folder.path)
                return try logs.filter { $0.hasSuffix(".log") }.contains {
                    try String(contentsOf: database.folder.appending(path: $0), encoding: .utf8)
                        .contains("THE LOG IS NOT WHAT WAS SEALED")
                }
            }
            let none = try await WeirProgram.run(["audit", "checkpoint"], server: server.base)
            #expect(none.status == 1)
            await server.stop()
        }
    }
}

/// Reads the bucket with curl's own signing: not by what is tested.
private struct S3Reader: Sendable {
    let url: String
    let place: String

    func object(_ name: String) async throws -> String? {
        let environment = ProcessInfo.processInfo.environment
        let path = place.split(separator: "/").map { HTTPClient.PercentEncoding.encode(String($0)) }.joined(
            separator: "/")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "curl", "-fsS", "--aws-sigv4", "aws:amz:us-east-1:s3", "-u",
            "\(environment["AWS_ACCESS_KEY_ID"] ?? ""):\(environment["AWS_SECRET_ACCESS_KEY"] ?? "")",
            "\(url)/witness/\(path)/\(name)",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return data.isEmpty ? nil : String(decoding: data, as: UTF8.self)
    }
}

import Foundation
import Testing

@testable import CLI

/// The file with the key that seals secrets: what is refused, and how that is mended.
@Suite struct KeyFileTests {
    private func withFile(
        _ content: String?, mode: Int = 0o600, _ work: (String) async throws -> Void
    ) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "weir-key-\(UUID())").path
        if let content {
            _ = FileManager.default.createFile(
                atPath: file, contents: Data(content.utf8), attributes: [.posixPermissions: mode])
        }
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await work(file)
    }

    private static let key = Data(repeating: 7, count: 32).base64EncodedString()

    private func refusal(_ file: String) async -> Outcome {
        await weir("serve", "--database-url", "postgres://nobody@127.0.0.1:1/x", "--key-file", file)
    }

    @Test func `a missing file is named, with how to make one`() async throws {
        try await withFile(nil) { file in
            let outcome = await refusal(file)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("--key-file \(file) cannot be read; make one with: head -c 32"))
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o666])
    func `a file that others can read is refused`(mode: Int) async throws {
        try await withFile(Self.key, mode: mode) { file in
            let outcome = await refusal(file)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("can be read by others; chmod 600 \(file)"))
        }
    }

    @Test(arguments: [
        "", "short", "not base64!", Data(count: 31).base64EncodedString(), Data(count: 33).base64EncodedString(),
    ])
    func `a file that holds no key of 32 bytes is refused, and not shown`(content: String) async throws {
        try await withFile(content) { file in
            let outcome = await refusal(file)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("does not hold 32 bytes in base64"))
            if !content.isEmpty { #expect(!outcome.errors.contains(content)) }
        }
    }

    @Test func `a key is read with white space around it, and made where there is none`() async throws {
        try await withFile("  \(Self.key)\n\n") { file in _ = try SealingKeyFile(path: file) }
        try await withFile(nil) { file in
            try SealingKeyFile.make(path: file)
            let made = try String(contentsOfFile: file, encoding: .utf8)
            _ = try SealingKeyFile(path: file)
            try SealingKeyFile.make(path: file)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == made, "it is not made anew")
        }
    }
}

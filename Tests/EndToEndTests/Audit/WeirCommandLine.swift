import Foundation
import TestSupport

/// The program `weir` as people start it, and what it said.
struct WeirCommandLine: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Runs a command to its end.
    static func run(_ words: [String], server: String = "") async throws -> WeirCommandLine {
        let process = Process()
        process.executableURL = WeirProcess.binary
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(["WEIR_SERVER": server]) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files and not pipes: nobody has to read them at the same time.
        let folder = FileManager.default.temporaryDirectory
        let (output, errors) = (folder.appending(path: "weir-\(UUID())"), folder.appending(path: "weir-\(UUID())"))
        defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        // Not `waitUntilExit`, which holds a thread that all tests share.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return WeirCommandLine(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }
}

import Foundation

/// One call of the built program `weir`, from its start to its end.
package struct WeirProgram: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String

    /// Runs the program with these words after its name, and waits for its end.
    package static func run(_ words: [String]) async throws -> WeirProgram {
        let process = Process()
        process.executableURL = WeirProcess.binary
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        let folder = FileManager.default.temporaryDirectory
        let files = (0..<2).map { _ in folder.appending(path: "weir-\(UUID().uuidString.lowercased()).out") }
        defer { files.forEach { try? FileManager.default.removeItem(at: $0) } }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return WeirProgram(
            status: process.terminationStatus, output: try String(contentsOf: files[0], encoding: .utf8),
            errors: try String(contentsOf: files[1], encoding: .utf8))
    }
}

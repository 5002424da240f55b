import Foundation

/// One call of the built program `weir`, from its start to its end.
package struct WeirProgram: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String

    /// Runs the program with these words after its name, as in a shell without a terminal, and waits for its end.
    ///
    /// - Parameters:
    ///   - server: The server that it asks.
    ///   - environment: What the caller's environment has beside, or otherwise.
    package static func run(
        _ words: [String], server: String = "", environment: [String: String] = [:]
    ) async throws -> WeirProgram {
        let process = Process()
        process.executableURL = WeirProcess.binary
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(["WEIR_SERVER": server]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files and not pipes: nobody has to read them at the same time.
        let folder = FileManager.default.temporaryDirectory
        let files = (0..<2).map { _ in folder.appending(path: "weir-\(UUID().uuidString.lowercased()).out") }
        defer { files.forEach { try? FileManager.default.removeItem(at: $0) } }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
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
        return WeirProgram(
            status: process.terminationStatus, output: try String(contentsOf: files[0], encoding: .utf8),
            errors: try String(contentsOf: files[1], encoding: .utf8))
    }
}

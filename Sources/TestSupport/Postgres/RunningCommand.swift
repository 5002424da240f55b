import Foundation
import Synchronization

/// A program that runs beside the test.
final class RunningCommand: Sendable {
    private struct State {
        var processIdentifier: Int32?
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    private let state = Mutex(State())
    private let command: String
    private let output: URL

    /// - Parameter words: The program's path and its arguments.
    init(_ words: [String]) throws {
        command = words.joined(separator: " ")
        output = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString.lowercased()).out")
        try Data().write(to: output)
        let file = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = words.first.map { URL(filePath: $0) }
        process.arguments = Array(words.dropFirst())
        // Not the caller's folder, which the user postgres may not enter.
        process.currentDirectoryURL = URL(filePath: "/")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        process.terminationHandler = { [self] in ended(with: $0.terminationStatus) }
        try process.run()
        try file.close()
        let identifier = process.processIdentifier
        state.withLock { $0.processIdentifier = identifier }
    }

    private func ended(with status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    var isRunning: Bool { state.withLock { $0.status == nil } }

    /// The end of what it has printed.
    var outputSoFar: String { String(((try? String(contentsOf: output, encoding: .utf8)) ?? "").suffix(2_000)) }

    /// Ends the program without asking it.
    func kill() {
        state.withLock { state in
            if state.status == nil, let identifier = state.processIdentifier { Foundation.kill(identifier, SIGKILL) }
        }
    }

    /// Returns when the program has ended.
    ///
    /// - Throws: `CommandFailure` unless it ended with status 0.
    func finish() async throws { _ = try await output() }

    /// What the program printed (its end, when it is long), without the last line feed, once it has ended.
    ///
    /// - Throws: `CommandFailure` unless it ended with status 0.
    func output() async throws -> String {
        let status = await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let known { continuation.resume(returning: known) }
        }
        let text = outputSoFar
        try? FileManager.default.removeItem(at: output)
        guard status == 0 else { throw CommandFailure(command: command, output: text) }
        return text.trimmingCharacters(in: .newlines)
    }
}

/// A program ended with another status than 0.
struct CommandFailure: Error, CustomStringConvertible {
    let command: String
    let output: String

    var description: String { "\(command) failed: \(output)" }
}

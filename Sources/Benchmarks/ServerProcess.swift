import Foundation
import Terminal

/// `weir serve` as its users run it: a process of its own, on a free port.
struct ServerProcess {
    static let binary = Option(required: "binary", .text, summary: "the program weir")
    static let keyFile = Option(required: "key-file", .text, summary: "the key for secrets")

    let url: String
    private let process = Process()

    var identifier: Int32 { process.processIdentifier }

    /// - Parameter roles: What it does; all when nil.
    init(_ arguments: Arguments, roles: String? = nil) throws {
        let port = try Subprocess.output(
            "python3", "-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
        url = "http://127.0.0.1:\(port)"
        process.executableURL = URL(filePath: arguments[Self.binary])
        process.arguments =
            [
                "serve", "--listen", "127.0.0.1:\(port)", "--database-url", arguments[Report.serviceURL],
                "--key-file", arguments[Self.keyFile], "--log-level", "error",
            ] + (roles.map { ["--roles", $0] } ?? [])
        try process.run()
    }

    /// Returns when it answers a path with success.
    ///
    /// - Throws: `SubprocessFailed` when it has ended, or does not within 60 seconds.
    func wait(for path: String) async throws {
        let start = ContinuousClock.now
        while (try? Subprocess.output("curl", "-fs", url + path)) == nil {
            guard process.isRunning, ContinuousClock.now - start < .seconds(60) else {
                throw SubprocessFailed(words: ["weir", "serve"])
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}

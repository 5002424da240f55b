import Foundation
import Terminal

/// What a server costs that has nothing to do, and how soon it is ready.
enum IdleBenchmark {
    private static let binary = Option(required: "binary", .text, summary: "the program weir")
    private static let keyFile = Option(required: "key-file", .text, summary: "the key for secrets")

    static let command = Command(
        "idle", summary: "resident memory of an idle server, and its start to ready",
        parameters: [binary, Report.serviceURL, keyFile, Report.rounds, Report.seconds, Report.output]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        var report = Report("idle", rounds: rounds)
        for _ in 0..<rounds {
            let port = try Subprocess.output(
                "python3", "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
            let process = Process()
            process.executableURL = URL(filePath: arguments[binary])
            process.arguments = [
                "serve", "--listen", "127.0.0.1:\(port)", "--database-url", arguments[Report.serviceURL],
                "--key-file", arguments[keyFile], "--log-level", "error",
            ]
            let start = ContinuousClock.now
            try process.run()
            defer { process.terminate() }
            while (try? Subprocess.output("curl", "-fs", "http://127.0.0.1:\(port)/readyz")) == nil {
                guard process.isRunning, ContinuousClock.now - start < .seconds(20) else {
                    throw SubprocessFailed(words: ["weir", "serve"])
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            report.add("ready_ms", (ContinuousClock.now - start) / .milliseconds(1))
            try await Task.sleep(for: .seconds(5))
            report.add("resident_mb", try residentMegabytes(process.processIdentifier), digits: 1)
            process.terminate()
            process.waitUntilExit()
        }
        try report.write(arguments[Report.output], to: console)
    }

    private static func residentMegabytes(_ process: Int32) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        guard let match = status.firstMatch(of: /VmRSS:\s+(\d+) kB/), let kilobytes = Double(match.1) else {
            throw SubprocessFailed(words: ["weir", "serve"])
        }
        return kilobytes / 1_024
    }
}

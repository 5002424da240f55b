import Foundation
import Terminal

/// What a server costs that has nothing to do, and how soon it is ready.
enum IdleBenchmark {
    static let command = Command(
        "idle", "Resident memory of an idle server, and its start to ready",
        options: [
            Option("binary", "FILE", "the program weir"), Option("database-url", "URI", "as the service's role"),
            Option("key-file", "FILE", "the key for secrets"),
        ] + Report.options
    ) { arguments in
        let rounds = try arguments.integer("rounds", in: 3...100) ?? 3
        var report = Report("idle", rounds: rounds)
        for _ in 0..<rounds {
            let port = try Program.output(
                "python3", "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
            let process = Process()
            process.executableURL = URL(filePath: try arguments.require("binary"))
            process.arguments = [
                "serve", "--listen", "127.0.0.1:\(port)", "--database-url", try arguments.require("database-url"),
                "--key-file", try arguments.require("key-file"), "--log-level", "error",
            ]
            let start = ContinuousClock.now
            try process.run()
            defer { process.terminate() }
            while (try? Program.output("curl", "-fs", "http://127.0.0.1:\(port)/readyz")) == nil {
                guard process.isRunning, ContinuousClock.now - start < .seconds(20) else {
                    throw ProgramFailed(words: ["weir", "serve"])
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            report.add("ready_ms", (ContinuousClock.now - start) / .milliseconds(1))
            try await Task.sleep(for: .seconds(5))
            report.add("resident_mb", try residentMegabytes(process.processIdentifier), digits: 1)
            process.terminate()
            process.waitUntilExit()
        }
        try report.write(try arguments.require("output"))
    }

    private static func residentMegabytes(_ process: Int32) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        guard let match = status.firstMatch(of: /VmRSS:\s+(\d+) kB/), let kilobytes = Double(match.1) else {
            throw ProgramFailed(words: ["weir", "serve"])
        }
        return kilobytes / 1_024
    }
}

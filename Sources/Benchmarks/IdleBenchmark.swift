import Foundation
import Terminal

/// What a server costs that has nothing to do, and how soon it is ready.
enum IdleBenchmark {
    static let command = Command(
        "idle", summary: "resident memory of an idle server, and its start to ready",
        parameters: [
            ServerProcess.binary, Report.serviceURL, ServerProcess.keyFile, Report.rounds, Report.seconds,
            Report.output,
        ]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        var report = Report("idle", rounds: rounds)
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            let server = try ServerProcess(arguments)
            defer { server.stop() }
            try await server.wait(for: "/readyz")
            report.add("ready_ms", (ContinuousClock.now - start) / .milliseconds(1))
            try await Task.sleep(for: .seconds(5))
            report.add("resident_mb", try residentMegabytes(server.identifier), digits: 1)
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

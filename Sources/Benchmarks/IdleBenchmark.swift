import Foundation
import Terminal
import TestSupport

/// What a server costs that has nothing to do, and how soon it is ready.
enum IdleBenchmark {
    static let command = Command(
        "idle", summary: "resident memory of an idle server, and its start to ready",
        parameters: [Report.serviceURL, Report.keyFile, Report.rounds, Report.seconds, Report.output]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        var report = Report("idle", rounds: rounds)
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            let server = try await WeirProcess.serve(
                databaseURI: arguments[Report.serviceURL], keyFile: arguments[Report.keyFile],
                lookingEvery: .milliseconds(2), within: .seconds(20))
            report.add("ready_ms", (ContinuousClock.now - start) / .milliseconds(1))
            try await Task.sleep(for: .seconds(5))
            report.add("resident_mb", try residentMegabytes(server.processID), digits: 1)
            await server.stop()
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

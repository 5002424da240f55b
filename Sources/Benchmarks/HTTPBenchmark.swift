import Foundation
import Terminal

/// Durable commands a second over HTTP: decoded, decided, appended and answered with their seq.
enum HTTPBenchmark {
    private static let server = Option(required: "server", .text, summary: "a running server")

    static let command = Command(
        "http", summary: "durable commands a second over HTTP beside pgbench's single rows",
        parameters: [server, Report.ownerURL, Report.rounds, Report.seconds, Report.output]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        let seconds = arguments[Report.seconds]
        let url = arguments[server]
        let peer = try await Peer(administratorURL: arguments[Report.ownerURL])
        var report = Report("http", rounds: rounds)
        _ = try load(url, round: 0, seconds: 1)
        for round in 1...rounds {
            report.add("pgbench_rows_per_s", try peer.measure(seconds: seconds))
            let seen = try load(url, round: round, seconds: seconds)
            report.add("commands_per_s", seen.rate)
            report.add("p50_ms", seen.p50, digits: 2)
            report.add("p99_ms", seen.p99, digits: 2)
        }
        report.addRatio("ratio", of: "commands_per_s", to: "pgbench_rows_per_s")
        try report.write(arguments[Report.output], to: console)
    }

    private struct Load {
        let rate: Double
        let p50: Double
        let p99: Double
    }

    /// 64 keep-alive clients, each creating workspaces under names of its own.
    private static func load(_ server: String, round: Int, seconds: Int) throws -> Load {
        let script = FileManager.default.temporaryDirectory.appending(path: "weir-bench-\(getpid()).lua")
        try """
        local count, thread = 0, 0
        local threads = 0
        function setup(t) t:set("id", threads); threads = threads + 1 end
        local failures = 0
        function request()
            count = count + 1
            local body = string.format('{"name":"bench-\(getpid())-\(round)-%d-%d"}', id, count)
            return wrk.format("POST", "/api/v1/workspaces", {["Content-Type"] = "application/json"}, body)
        end
        function done(summary, latency, requests)
            io.write(string.format("RESULT %d %d %d %f %f\\n", summary.requests, summary.errors.status,
                summary.duration, latency:percentile(50), latency:percentile(99)))
        end
        """.write(to: script, atomically: true, encoding: .utf8)
        let output = try Subprocess.output(
            "wrk", "-t2", "-c64", "-d\(seconds)s", "-s", script.path, server)
        guard let match = output.firstMatch(of: /RESULT (\d+) (\d+) (\d+) ([0-9.]+) ([0-9.]+)/),
            let count = Double(match.1), let errors = Int(match.2), let duration = Double(match.3),
            let p50 = Double(match.4), let p99 = Double(match.5)
        else { throw SubprocessFailed(words: ["wrk"]) }
        guard errors == 0 else { throw CommandsRefused(count: errors) }
        return Load(rate: count / (duration / 1e6), p50: p50 / 1_000, p99: p99 / 1_000)
    }
}

/// Some commands of the load were not carried out: their rate would say nothing.
struct CommandsRefused: Error, CustomStringConvertible {
    let count: Int
    var description: String { "\(count) commands were refused" }
}

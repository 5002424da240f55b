import Foundation
import Terminal

/// Durable commands a second over HTTP: decoded, decided, appended and answered with their seq.
///
/// Twice in each round: of a process that serves the API (`ratio`), and of one that does everything, so that on the same
/// processors each event is also taken into the read models, looked at by the saga and kept up with by the sealer
/// (`all_roles_ratio`).
enum HTTPBenchmark {
    static let command = Command(
        "http", summary: "durable commands a second over HTTP beside pgbench's single rows",
        parameters: [
            ServerProcess.binary, Report.serviceURL, ServerProcess.keyFile, Report.ownerURL, Report.rounds,
            Report.seconds, Report.output,
        ]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        let seconds = arguments[Report.seconds]
        let peer = try await Peer(administratorURL: arguments[Report.ownerURL])
        var report = Report("http", rounds: rounds)
        for round in 1...rounds {
            // Ready is a server whose read models are up to date: what the round before left is not counted.
            let whole = try await load(arguments, ready: "/readyz", run: "\(round)-all", seconds)
            report.add("pgbench_rows_per_s", try peer.measure(seconds: seconds))
            let api = try await load(arguments, roles: "api", ready: "/healthz", run: "\(round)-api", seconds)
            report.add("commands_per_s", api.rate)
            report.add("p50_ms", api.p50, digits: 2)
            report.add("p99_ms", api.p99, digits: 2)
            report.add("all_roles_commands_per_s", whole.rate)
            report.add("all_roles_p50_ms", whole.p50, digits: 2)
            report.add("all_roles_p99_ms", whole.p99, digits: 2)
        }
        report.addRatio("ratio", of: "commands_per_s", to: "pgbench_rows_per_s")
        report.addRatio("all_roles_ratio", of: "all_roles_commands_per_s", to: "pgbench_rows_per_s")
        try report.write(arguments[Report.output], to: console)
    }

    /// A server of its own, warmed up and measured.
    private static func load(
        _ arguments: Arguments, roles: String? = nil, ready path: String, run: String, _ seconds: Int
    ) async throws -> Load {
        let server = try ServerProcess(arguments, roles: roles)
        defer { server.stop() }
        try await server.wait(for: path)
        _ = try load(server.url, run: run + "-first", seconds: 1)
        return try load(server.url, run: run, seconds: seconds)
    }

    private struct Load {
        let rate: Double
        let p50: Double
        let p99: Double
    }

    /// 64 keep-alive clients, each creating workspaces under names of its own.
    private static func load(_ server: String, run: String, seconds: Int) throws -> Load {
        let script = FileManager.default.temporaryDirectory.appending(path: "weir-bench-\(getpid()).lua")
        try """
        local count, thread = 0, 0
        local threads = 0
        function setup(t) t:set("id", threads); threads = threads + 1 end
        local failures = 0
        function request()
            count = count + 1
            local body = string.format('{"name":"bench-\(getpid())-\(run)-%d-%d"}', id, count)
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

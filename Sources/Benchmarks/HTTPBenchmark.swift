import Foundation
import Terminal
import TestSupport

/// Durable commands a second over HTTP: decoded, decided, appended and answered with their seq.
///
/// Twice in each round: of a process that serves the API (`ratio`), and of one that does everything, so that on the same
/// processors each event is also taken into the read models, looked at by the saga and kept up with by the sealer
/// (`all_roles_ratio`).
enum HTTPBenchmark {
    static let command = Command(
        "http", summary: "durable commands a second over HTTP beside pgbench's single rows",
        parameters: [
            Report.serviceURL, Report.keyFile, Report.ownerURL, Report.rounds, Report.seconds, Report.output,
        ]
    ) { arguments, console in
        let rounds = arguments[Report.rounds]
        let seconds = arguments[Report.seconds]
        let peer = try await Peer(administratorURL: arguments[Report.ownerURL])
        var report = Report("http", rounds: rounds)
        for round in 1...rounds {
            // Ready is a server whose read models are up to date: what the round before left is not counted.
            let whole = try await load(arguments, run: "\(round)-all", seconds)
            report.add("pgbench_rows_per_s", try peer.measure(seconds: seconds))
            let api = try await load(arguments, roles: "api", run: "\(round)-api", seconds)
            for (prefix, seen) in [("", api), ("all_roles_", whole)] {
                report.add(prefix + "commands_per_s", seen.rate)
                report.add(prefix + "p50_ms", seen.p50, digits: 2)
                report.add(prefix + "p99_ms", seen.p99, digits: 2)
            }
        }
        report.addRatio("ratio", of: "commands_per_s", to: "pgbench_rows_per_s")
        report.addRatio("all_roles_ratio", of: "all_roles_commands_per_s", to: "pgbench_rows_per_s")
        try report.write(arguments[Report.output], to: console)
    }

    /// A server of its own, warmed up and measured. One that serves the API alone is not waited for until it is ready:
    /// nobody keeps the read models up then.
    private static func load(
        _ arguments: Arguments, roles: String? = nil, run: String, _ seconds: Int
    ) async throws -> Load {
        let server = try await WeirProcess.serve(
            databaseURI: arguments[Report.serviceURL], keyFile: arguments[Report.keyFile],
            options: roles.map { ["--roles", $0] } ?? [], untilReady: roles == nil)
        _ = try load(server.base, run: run + "-first", seconds: 1)
        let seen = try load(server.base, run: run, seconds: seconds)
        await server.stop()
        return seen
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
        local count, threads = 0, 0
        function setup(t) t:set("id", threads); threads = threads + 1 end
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

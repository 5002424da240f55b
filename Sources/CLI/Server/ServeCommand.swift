import Foundation
import Telemetry
import Terminal

enum ServeCommand {
    static let options = [
        Option(
            "database-url", "URI", "libpq's connection URI, as the service's role", variable: "WEIR_DATABASE_URL"),
        Option(
            "listen", "HOST:PORT", "where to answer; loopback only", default: "127.0.0.1:8080", variable: "WEIR_LISTEN"),
        Option(
            "key-file", "FILE", "holds the key that seals secrets: 32 bytes in base64", variable: "WEIR_KEY_FILE"),
        Option("log-format", "FORMAT", "text or json", default: "text", variable: "WEIR_LOG_FORMAT"),
        Option("log-level", "LEVEL", "debug, info, warning or error", default: "info", variable: "WEIR_LOG_LEVEL"),
        Option(
            "max-runs", "COUNT", "how many runs are under way at a time, 1 to 1000", default: "64",
            variable: "WEIR_MAX_RUNS"),
    ]

    static let command = Command(
        "serve", "Answer the API and the pages, keep the read models up, and drive the runs",
        discussion: """
            Any number of processes may serve one database: they share the work by leases. A first SIGTERM or SIGINT lets
            answers that are under way end; runs are taken up again by the next process.
            """, options: options
    ) { arguments in
        let settings = try ServeSettings(arguments)
        try await WeirServer(settings).run()
    }
}

/// What `weir serve` is told.
struct ServeSettings: Sendable {
    let databaseURL: String
    let host: String
    let port: UInt16
    let key: SealingKeyFile
    let log: Log
    let maximumRuns: Int

    init(_ arguments: Arguments) throws {
        databaseURL = try arguments.require("database-url")
        let listen = try arguments.require("listen")
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]) else {
            throw UsageError("--listen must be HOST:PORT, not “\(listen)”")
        }
        host = String(listen[..<colon])
        self.port = port
        guard ["127.0.0.1", "::1"].contains(host) else {
            throw UsageError(
                "--listen must be on 127.0.0.1 or ::1: there is no sign-in yet; put a proxy that signs people in before it"
            )
        }
        key = try SealingKeyFile(path: try arguments.require("key-file"))
        log = try Self.log(arguments)
        maximumRuns = try arguments.integer("max-runs", in: 1...1_000) ?? 64
    }

    static func log(_ arguments: Arguments) throws -> Log {
        let level = try arguments.require("log-level")
        guard let level = Log.Level.allCases.first(where: { "\($0)" == level }) else {
            throw UsageError("--log-level must be debug, info, warning or error, not “\(level)”")
        }
        switch try arguments.require("log-format") {
        case "text": return .standardError(level: level, format: .text)
        case "json": return .standardError(level: level, format: .json)
        case let other: throw UsageError("--log-format must be text or json, not “\(other)”")
        }
    }
}

import Telemetry
import Terminal
import Web

/// What `weir serve` is told.
struct ServeSettings: Sendable {
    static let databaseURL = Option(
        required: "database-url", .text, placeholder: "URI", environment: "WEIR_DATABASE_URL", isSecret: true,
        summary: "libpq's connection URI, as the service's role")
    static let keyFile = Option(
        required: "key-file", .path, placeholder: "FILE", environment: "WEIR_KEY_FILE",
        summary: "holds the key that seals secrets: 32 bytes in base64")
    private static let listen = Option(
        "listen", .listenAddress, default: ListenAddress(host: "127.0.0.1", port: 8_080), environment: "WEIR_LISTEN",
        summary: "where to answer")
    private static let publicOrigin = Option(
        "public-origin", .publicOrigin, environment: "WEIR_PUBLIC_ORIGIN",
        summary: "where a proxy in front is reached, as in https://weir.example: its pages may change things")
    private static let logFormat = Option(
        "log-format", .choice(Log.Format.self), default: .text, placeholder: "FORMAT", environment: "WEIR_LOG_FORMAT",
        summary: "how the log is written")
    private static let logLevel = Option(
        "log-level", .choice(Log.Level.self), default: .info, placeholder: "LEVEL", environment: "WEIR_LOG_LEVEL",
        summary: "the least that is logged")
    private static let maximumRuns = Option(
        "max-runs", .integer(in: 1...1_000), default: 64, placeholder: "COUNT", environment: "WEIR_MAX_RUNS",
        summary: "how many runs are under way at a time")
    private static let roles = Option(
        "roles", .roles, default: Set(ServerRole.allCases), placeholder: "ROLES", environment: "WEIR_ROLES",
        summary: "what this process does of what all processes of one database do together")

    /// How the service behaves, wherever its database is.
    static let behaviour: [any ParameterDeclaration] =
        [listen, publicOrigin, logFormat, logLevel, maximumRuns, roles] + SealingSettings.parameters

    let databaseURL: String
    let listen: ListenAddress
    let publicOrigin: PublicOrigin?
    let key: SealingKeyFile
    let log: Log
    let maximumRuns: Int
    let roles: Set<ServerRole>
    let sealing: SealingSettings

    init(_ arguments: Arguments, databaseURL: String, keyFile: String, sealing: SealingSettings) throws {
        self.databaseURL = databaseURL
        listen = arguments[Self.listen]
        publicOrigin = arguments[Self.publicOrigin]
        key = try SealingKeyFile(path: keyFile)
        log = .standardError(level: arguments[Self.logLevel], format: arguments[Self.logFormat])
        maximumRuns = arguments[Self.maximumRuns]
        roles = arguments[Self.roles]
        self.sealing = sealing
    }
}

import Terminal

/// One of the things that `weir serve` does.
enum ServerRole: String, CaseIterable, Sendable {
    /// Answers API and pages. Without it only `/healthz` and `/readyz` are answered.
    case api
    /// Keeps the read models up with the log.
    case projector
    /// Drives the runs.
    case saga
    /// Signs checkpoints of the log, and hands them to the witness.
    case sealer
}

extension ValueFormat where Value == Set<ServerRole> {
    /// Role names, parted by commas.
    static let roles = ValueFormat(
        placeholder: "ROLES", bounds: ServerRole.allCases.map(\.rawValue).joined(separator: ","),
        completion: .words(ServerRole.allCases.map(\.rawValue))
    ) { text throws(InvalidValue) in
        var roles: Set<ServerRole> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let role = ServerRole(rawValue: String(name)) else {
                throw InvalidValue(
                    expected:
                        "one or more of \(ServerRole.allCases.map(\.rawValue).joined(separator: ", ")), parted by commas"
                )
            }
            roles.insert(role)
        }
        return roles
    } describe: { roles in
        ServerRole.allCases.filter(roles.contains).map(\.rawValue).joined(separator: ",")
    }
}

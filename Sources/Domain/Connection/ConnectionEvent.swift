package import EventSourcing

/// What has happened to a connection.
package enum ConnectionEvent: Hashable, Sendable {
    case created(ConnectionCreated)
    case checked(ConnectionChecked)
}

package struct ConnectionCreated: EventPayload {
    package static let type = "connection.created"
    package let workspace: WorkspaceID
    package let name: String
    package let settings: ConnectionSettings
    /// Whether the secret store holds a password for it. The secret itself is in no event.
    package let hasSecret: Bool

    package init(workspace: WorkspaceID, name: String, settings: ConnectionSettings, hasSecret: Bool) {
        self.workspace = workspace
        self.name = name
        self.settings = settings
        self.hasSecret = hasSecret
    }

    enum CodingKeys: String, CodingKey {
        case workspace = "workspace_id"
        case name, settings
        case hasSecret = "has_secret"
    }
}

/// What a check of the connection found.
///
/// Version 1 said `healthy: true` or `false`, which left no room for another finding, and called the engine's version
/// `version`, which in an event is the place in its stream.
package struct ConnectionChecked: EventPayload {
    package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        case healthy, unhealthy
    }

    package static let type = "connection.checked"
    package static let upcasts: [Upcast] = [
        [
            .map(
                "healthy",
                [
                    PayloadMapping(.bool(true), to: .string("healthy")),
                    PayloadMapping(.bool(false), to: .string("unhealthy")),
                ]),
            .rename("healthy", to: "outcome"),
            .rename("version", to: "engine_version"),
        ]
    ]

    package let outcome: Outcome
    package let latencyMilliseconds: Int
    /// The engine's version, where it answered.
    package let version: String?
    /// What is wrong and what to do; nil when healthy.
    package let reason: String?

    package var isHealthy: Bool { outcome == .healthy }

    package init(isHealthy: Bool, latencyMilliseconds: Int, version: String?, reason: String?) {
        self.outcome = isHealthy ? .healthy : .unhealthy
        self.latencyMilliseconds = latencyMilliseconds
        self.version = version
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey {
        case outcome, reason
        case latencyMilliseconds = "latency_ms"
        case version = "engine_version"
    }
}

/// What a check of a connection found.
package struct ConnectionCheck: Codable, Hashable, Sendable {
    package let healthy: Bool
    package let latencyMilliseconds: Int
    /// The engine's version, where it answered.
    package let version: String?
    /// What is wrong and what to do; absent when healthy.
    package let reason: String?

    package init(healthy: Bool, latencyMilliseconds: Int, version: String?, reason: String?) {
        self.healthy = healthy
        self.latencyMilliseconds = latencyMilliseconds
        self.version = version
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey {
        case healthy, version, reason
        case latencyMilliseconds = "latency_ms"
    }
}

/// The answer to a check: the command's, and what was found.
package struct ConnectionCheckAnswer: Codable, Hashable, Sendable {
    package let id: String
    package let seq: Int64?
    package let version: Int?
    package let check: ConnectionCheck

    package init(id: String, seq: Int64?, version: Int?, check: ConnectionCheck) {
        self.id = id
        self.seq = seq
        self.version = version
        self.check = check
    }
}

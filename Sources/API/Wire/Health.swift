/// That the process answers.
package struct HealthAnswer: Codable, Hashable, Sendable {
    /// `ok`.
    package let status: String

    package init(status: String) {
        self.status = status
    }
}

/// Whether the process can do its work, and what is in its way. 200 when ready, 503 when not.
package struct ReadinessAnswer: Codable, Hashable, Sendable {
    package let ready: Bool
    package let checks: [Check]

    package struct Check: Codable, Hashable, Sendable {
        package let name: String
        package let ok: Bool
        /// What is wrong; absent when nothing is.
        package let detail: String?

        package init(name: String, ok: Bool, detail: String?) {
            self.name = name
            self.ok = ok
            self.detail = detail
        }
    }

    package init(checks: [Check]) {
        self.ready = checks.allSatisfy(\.ok)
        self.checks = checks
    }
}

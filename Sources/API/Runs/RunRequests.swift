package struct RequestRun: Codable, Hashable, Sendable {
    /// Values for the job's parameters, each as text.
    package let parameters: [String: String]?

    package init(parameters: [String: String]? = nil) {
        self.parameters = parameters
    }
}

package struct CancelRun: Codable, Hashable, Sendable {
    /// Why, for whoever reads the history.
    package let reason: String?

    package init(reason: String? = nil) {
        self.reason = reason
    }
}

/// A person says how a run of unknown outcome ended.
package struct ResolveRun: Codable, Hashable, Sendable {
    /// `succeeded`, `failed` or `cancelled`.
    package let outcome: String
    /// How that is known.
    package let reason: String

    package init(outcome: String, reason: String) {
        self.outcome = outcome
        self.reason = reason
    }
}

/// The engines that Weir can run statements on.
package enum EngineKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// SQL through libpq.
    case postgres
    /// SQL over Trino's REST protocol.
    case trino
}

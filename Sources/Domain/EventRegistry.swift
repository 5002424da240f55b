import EventSourcing

/// Every event type that this version of Weir knows: what projections are checked against.
package enum EventRegistry {
    /// The stable names of all event types, grouped by stream category.
    package static let typesByCategory: [String: [String]] = [
        WorkspaceCodec.category: WorkspaceCodec.payloads.map(\.type),
        ConnectionCodec.category: ConnectionCodec.payloads.map(\.type),
        JobCodec.category: JobCodec.payloads.map(\.type),
        RunCodec.category: RunCodec.payloads.map(\.type),
        SecurityCodec.category: SecurityCodec.payloads.map(\.type),
        SystemCodec.category: SystemCodec.payloads.map(\.type),
    ]

    package static let types = Set(typesByCategory.values.joined())
}

package import EventSourcing

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

    /// Every event type, with what its earlier versions become.
    package static let schemas: [EventSchema] =
        WorkspaceCodec.schemas + ConnectionCodec.schemas + JobCodec.schemas + RunCodec.schemas + SecurityCodec.schemas
        + SystemCodec.schemas

    /// The upcasts of the types that have changed, from version 1 on.
    package static let upcasts: [String: [Upcast]] = Dictionary(
        uniqueKeysWithValues: schemas.lazy.filter { !$0.upcasts.isEmpty }.map { ($0.type, $0.upcasts) })
}

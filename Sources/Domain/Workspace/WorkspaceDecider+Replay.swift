import EventSourcing

extension WorkspaceDecider: ReplayableDecider {
    package static func command(
        thatLedTo events: [WorkspaceEvent], from state: WorkspaceState
    ) -> WorkspaceCommand? {
        guard let event = events.first, events.count == 1 else { return nil }
        return switch event {
        case .created(let created): .create(name: created.name, description: created.description)
        case .described(let described): .describe(description: described.description)
        }
    }
}

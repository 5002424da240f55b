import EventSourcing

extension ConnectionDecider: ReplayableDecider {
    package static func command(
        thatLedTo events: [ConnectionEvent], from state: ConnectionState
    ) -> ConnectionCommand? {
        guard let event = events.first, events.count == 1 else { return nil }
        return switch event {
        case .created(let created):
            .create(
                workspace: created.workspace, name: created.name, settings: created.settings,
                hasSecret: created.hasSecret)
        case .checked(let checked): .recordCheck(checked)
        }
    }
}

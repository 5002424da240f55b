import EventSourcing

extension SecurityDecider: ReplayableDecider {
    package static func command(thatLedTo events: [SecurityEvent], from state: SecurityState) -> SecurityCommand? {
        guard let event = events.first, events.count == 1 else { return nil }
        return switch event {
        case .commandRefused(let refusal): .noteRefusal(refusal)
        case .auditExported(let export): .noteExport(export)
        }
    }
}

package import EventSourcing

/// Between security events and their stored form.
package enum SecurityCodec: EventCodec {
    package static let category = "security"

    package static let payloads: [PayloadCoding<SecurityEvent>] = [
        .init(CommandRefused.self, SecurityEvent.commandRefused),
        .init(AuditExported.self, SecurityEvent.auditExported),
    ]

    package static func payload(of event: SecurityEvent) -> any EventPayload {
        switch event {
        case .commandRefused(let payload): payload
        case .auditExported(let payload): payload
        }
    }
}

package import EventSourcing

/// Between a connection's events and their stored form.
package enum ConnectionCodec: EventCodec {
    package static let category = "connection"

    package static let payloads: [PayloadCoding<ConnectionEvent>] = [
        .init(ConnectionCreated.self, ConnectionEvent.created),
        .init(ConnectionChecked.self, ConnectionEvent.checked),
    ]

    package static func payload(of event: ConnectionEvent) -> any EventPayload {
        switch event {
        case .created(let payload): payload
        case .checked(let payload): payload
        }
    }
}

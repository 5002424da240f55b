package import EventSourcing

/// Between a workspace's events and their stored form.
package enum WorkspaceCodec: EventCodec {
    package static let category = "workspace"

    package static let payloads: [PayloadCoding<WorkspaceEvent>] = [
        .init(WorkspaceCreated.self, WorkspaceEvent.created),
        .init(WorkspaceDescribed.self, WorkspaceEvent.described),
    ]

    package static func payload(of event: WorkspaceEvent) -> any EventPayload {
        switch event {
        case .created(let payload): payload
        case .described(let payload): payload
        }
    }
}

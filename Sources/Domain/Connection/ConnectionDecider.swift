package import EventSourcing

/// The rules of a connection: an engine's address and credentials, within a workspace.
package enum ConnectionDecider: Decider {
    package typealias Command = ConnectionCommand
    package typealias State = ConnectionState
    package typealias Codec = ConnectionCodec
    package typealias Rejection = DomainRejection

    package static var initial: ConnectionState { ConnectionState() }

    /// The scope in which names of connections are unique.
    package static func nameScope(_ workspace: WorkspaceID) -> String { "connections/\(workspace)" }

    package static func decide(
        _ command: ConnectionCommand, _ state: ConnectionState
    ) throws(DomainRejection) -> [ConnectionEvent] {
        switch command {
        case .create(let workspace, let name, let settings, let hasSecret):
            try DomainRejection.requireName(name)
            try settings.check(hasPassword: hasSecret)
            if state.created != nil { return [] }
            return [
                .created(
                    ConnectionCreated(workspace: workspace, name: name, settings: settings, hasSecret: hasSecret))
            ]
        case .recordCheck(let check):
            guard state.created != nil else {
                throw DomainRejection(
                    .notFound, code: "connection-not-found",
                    "there is no such connection; list the connections to see their ids")
            }
            return [.checked(check)]
        }
    }

    package static func name(of command: ConnectionCommand) -> String {
        switch command {
        case .create: "connection.create"
        case .recordCheck: "connection.record_check"
        }
    }

    package static func evolve(_ state: ConnectionState, _ event: ConnectionEvent) -> ConnectionState {
        var state = state
        switch event {
        case .created(let created): state.created = created
        case .checked(let checked): state.lastCheck = checked
        }
        return state
    }

    package static func claims(
        of event: ConnectionEvent, _ state: ConnectionState, stream: StreamName
    ) -> [ClaimChange] {
        switch event {
        case .created(let created):
            [.take(Claim(scope: nameScope(created.workspace), name: created.name), for: stream)]
        case .checked: []
        }
    }
}

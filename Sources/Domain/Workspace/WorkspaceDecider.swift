package import EventSourcing

/// The rules of a workspace: the scope of names, and later of members and quotas.
package enum WorkspaceDecider: Decider {
    package typealias Command = WorkspaceCommand
    package typealias State = WorkspaceState
    package typealias Codec = WorkspaceCodec
    package typealias Rejection = DomainRejection

    /// The scope in which names of workspaces are unique.
    package static let nameScope = "workspaces"
    /// The longest description, in UTF-8 bytes.
    package static let maximumDescription = 4_000

    package static var initial: WorkspaceState { WorkspaceState() }

    package static func decide(
        _ command: WorkspaceCommand, _ state: WorkspaceState
    ) throws(DomainRejection) -> [WorkspaceEvent] {
        switch command {
        case .create(let name, let description):
            try DomainRejection.requireName(name)
            try requireDescription(description)
            if state.exists { return [] }
            return [.created(WorkspaceCreated(name: name, description: description))]
        case .describe(let description):
            try requireDescription(description)
            guard state.exists else {
                throw DomainRejection(
                    .notFound, code: "workspace-not-found",
                    "there is no such workspace; list the workspaces to see their ids")
            }
            return description == state.description ? [] : [.described(WorkspaceDescribed(description: description))]
        }
    }

    package static func name(of command: WorkspaceCommand) -> String {
        switch command {
        case .create: "workspace.create"
        case .describe: "workspace.describe"
        }
    }

    package static func evolve(_ state: WorkspaceState, _ event: WorkspaceEvent) -> WorkspaceState {
        var state = state
        switch event {
        case .created(let created):
            state.name = created.name
            state.description = created.description
        case .described(let described):
            state.description = described.description
        }
        return state
    }

    package static func claims(
        of event: WorkspaceEvent, _ state: WorkspaceState, stream: StreamName
    ) -> [ClaimChange] {
        switch event {
        case .created(let created): [.take(Claim(scope: nameScope, name: created.name), for: stream)]
        case .described: []
        }
    }

    private static func requireDescription(_ text: String) throws(DomainRejection) {
        try DomainRejection.require(
            text.utf8.count <= maximumDescription, code: "description-too-long", field: "/description",
            "description must not be longer than \(maximumDescription) bytes")
    }
}

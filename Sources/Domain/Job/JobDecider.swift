package import EventSourcing

/// The rules of a job: a named, versioned definition of what is run.
package enum JobDecider: Decider {
    package typealias Command = JobCommand
    package typealias State = JobState
    package typealias Codec = JobCodec
    package typealias Rejection = DomainRejection

    package static var initial: JobState { JobState() }

    /// The scope in which names of jobs are unique.
    package static func nameScope(_ workspace: WorkspaceID) -> String { "jobs/\(workspace)" }

    package static func decide(_ command: JobCommand, _ state: JobState) throws(DomainRejection) -> [JobEvent] {
        switch command {
        case .create(let workspace, let name, let definition):
            try DomainRejection.requireName(name)
            try definition.check()
            if state.created != nil { return [] }
            return [
                .created(JobCreated(workspace: workspace, name: name)),
                .versionPublished(JobVersionPublished(version: 1, definition: definition)),
            ]
        case .publishVersion(let definition):
            try definition.check()
            guard state.created != nil else {
                throw DomainRejection(
                    .notFound, code: "job-not-found", "there is no such job; list the jobs to see their ids")
            }
            if definition == state.definition { return [] }
            return [.versionPublished(JobVersionPublished(version: state.version + 1, definition: definition))]
        }
    }

    package static func name(of command: JobCommand) -> String {
        switch command {
        case .create: "job.create"
        case .publishVersion: "job.publish_version"
        }
    }

    package static func evolve(_ state: JobState, _ event: JobEvent) -> JobState {
        var state = state
        switch event {
        case .created(let created): state.created = created
        case .versionPublished(let published):
            state.version = published.version
            state.definition = published.definition
        }
        return state
    }

    package static func claims(of event: JobEvent, _ state: JobState, stream: StreamName) -> [ClaimChange] {
        switch event {
        case .created(let created):
            [.take(Claim(scope: nameScope(created.workspace), name: created.name), for: stream)]
        case .versionPublished: []
        }
    }
}

package import EventSourcing

/// Between a job's events and their stored form.
package enum JobCodec: EventCodec {
    package static let category = "job"

    package static let payloads: [PayloadCoding<JobEvent>] = [
        .init(JobCreated.self, JobEvent.created),
        .init(JobVersionPublished.self, JobEvent.versionPublished),
    ]

    package static func payload(of event: JobEvent) -> any EventPayload {
        switch event {
        case .created(let payload): payload
        case .versionPublished(let payload): payload
        }
    }
}

import ControlPlane
import Domain
import EventSourcing
import Foundation

/// An event as runs begin with: what an append is measured with.
struct SampleEvent {
    let stream: StreamName
    let event: EncodedEvent

    static func make() -> SampleEvent {
        let payload = """
            {"connection_id":"0192f3a4-5b6c-7d8e-9f00-112233445566","deadline":"2026-11-24T05:00:00.000Z",\
            "engine":"trino","job_id":"0192f3a4-5b6c-7d8e-9f00-223344556677","job_version":3,"max_attempts":2,\
            "parameters":{"day":"2026-11-23"},"result_limits":{"bytes":4194304,"rows":1000},"statement":"SELECT region, \
            sum(amount) FROM sales WHERE day = DATE 2026-11-23 GROUP BY region",\
            "workspace_id":"0192f3a4-5b6c-7d8e-9f00-334455667788"}
            """
        return SampleEvent(
            stream: StreamName(category: "run", id: UUID.version7(at: Date()).lowercasedText),
            event: EncodedEvent(type: "run.requested", schemaVersion: 1, payload: payload))
    }
}

import API
import EventSourcing
import HTTPServer

/// The log as it grows: server-sent events, each with its seq as id, so that a reader goes on where it stopped.
struct EventRoutes: Sendable {
    let events: any EventStore

    private static let page = 500
    /// How long a wait for news lasts; the heartbeat is the server's.
    private static let patience = Duration.seconds(30)

    func register(on router: inout Router) {
        router.on(Endpoints.streamEvents) { try await stream($0) }
    }

    private func stream(_ request: HTTPRequest) async throws -> HTTPResponse {
        let head = try await events.head()
        let text = request.fields[.lastEventID] ?? request.query["after"]
        guard let start = text.map({ Int64($0) }) ?? head, start >= 0 else {
            throw Problem(
                status: 400, code: "position-invalid", title: "The position is not a seq",
                errors: [Problem.Fault(parameter: "after", code: "malformed", detail: "must be a whole number")])
        }
        guard start <= head else {
            throw Problem(
                status: 409, code: "position-ahead", title: "The log has not come that far",
                detail: "the last seq is \(head): the log was restored to an earlier state, or the position is not ours"
            )
        }
        let stream = request.query["stream"]
        let category = request.query["category"]
        return .eventStream { output in
            var seq = start
            while output.isOpen {
                let found = try await events.readAll(after: seq, limit: Self.page)
                for event in found {
                    if let stream, event.stream.description != stream { continue }
                    if let category, event.stream.category != category { continue }
                    try await output.send(
                        ServerSentEvent(id: "\(event.seq)", event: event.event.type, data: event.json))
                }
                seq = found.last?.seq ?? seq
                if found.count < Self.page { try await events.waitForEvents(after: seq, timeout: Self.patience) }
            }
        }
    }
}

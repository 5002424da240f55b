import API
import EventSourcing
import HTTPServer

/// The log as it grows: server-sent events, each with its seq as id, so that a reader goes on where it stopped.
final class EventRoutes: Sendable {
    private let events: any EventStore
    /// The most streams at a time.
    private let slots = Slots(500)

    init(events: any EventStore) {
        self.events = events
    }

    func register(on router: inout Router) {
        router.on(Endpoints.streamEvents) { try await self.stream($0) }
        router.on(Endpoints.getLog) { request in
            try request.requireQuery(of: ["epoch"])
            let epoch = try await request.storeEpoch(of: self.events)
            let position = LogPosition(storeEpoch: epoch.description, lastSeq: try await self.events.head())
            return try QueryHandling.json(position).naming(epoch)
        }
    }

    private func stream(_ request: HTTPRequest) async throws -> HTTPResponse {
        let selection = try EventSelection(request)
        let epoch = try await request.storeEpoch(of: events)
        let head = try await events.head()
        let start = selection.after ?? head
        guard start <= head else {
            throw Problem(
                status: 409, code: "position-ahead", title: "The log has not come that far",
                detail: "the last seq is \(head): the log was restored to an earlier state, or the position is not ours"
            )
        }
        guard let slot = slots.take() else {
            throw Problem(
                status: 503, code: "too-many-streams", title: "As many streams are open as this server allows",
                detail: "try again in a moment")
        }
        return .eventStream { [events] output in
            defer { withExtendedLifetime(slot) {} }
            var tail = EventTail(events: events, epoch: epoch, selection: selection, seq: start)
            try await tail.run(output)
        }.naming(epoch)
    }
}

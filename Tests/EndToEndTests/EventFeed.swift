import API
import Foundation
import HTTPClient

/// The log as a client follows it: server-sent events, read from the server's stream.
struct EventFeed {
    private let base: String
    private let http: Client

    init(_ base: String) throws {
        self.base = base
        http = try Client()
    }

    /// Reads events from after `seq` on, until `isLast` holds for one, or the stream ends.
    ///
    /// - Parameter lastEventID: As a browser sends it when it comes back.
    /// - Returns: The events, that one included, and whether the server ended the stream before it.
    func read(
        query: String, lastEventID: Int64? = nil, until isLast: (EventResource) throws -> Bool
    ) async throws -> [EventResource] {
        var request = Client.Request(.get, base + "/api/v1/events/stream?" + query)
        request.silenceLimit = .seconds(60)
        if let lastEventID { request.fields["Last-Event-ID"] = "\(lastEventID)" }
        let answer = try await http.stream(request)
        var events: [EventResource] = []
        var kind = ""
        for try await line in answer.body.lines() {
            if line.hasPrefix("event:") { kind = String(line.dropFirst(6)).trimmingCharacters(in: .whitespaces) }
            // The stream tells its position, too, which is no event of the log.
            guard line.hasPrefix("data:"), kind != "position" else { continue }
            let event = try WireFormat.decoder().decode(EventResource.self, from: Data(line.dropFirst(5).utf8))
            events.append(event)
            if try isLast(event) { break }
        }
        return events
    }

    /// The refusals that are recorded, by the id of their request, read until all of `ids` are there.
    func refusals(of ids: some Collection<String>) async throws -> [String: EventResource] {
        var missing = Set(ids)
        let events = try await read(query: "after=0&category=security") { event in
            if let id = event.requestID { missing.remove(id) }
            return missing.isEmpty
        }
        return Dictionary(events.map { ($0.requestID ?? "", $0) }) { first, _ in first }
    }
}

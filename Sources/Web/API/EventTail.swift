import EventSourcing
import HTTPServer

/// One client's way along the log.
struct EventTail {
    let events: any EventStore
    let epoch: StoreEpoch
    let selection: EventSelection
    /// Everything up to here has been looked at.
    var seq: Int64
    /// The last version that was read, where one stream is followed.
    private var version = 0
    /// Events that were passed over since the client last heard of its position.
    private var skipped = 0

    /// How many events are read at a time.
    private static let page = 500
    /// How long a wait for news lasts; the heartbeat is the server's.
    private static let patience = Duration.seconds(30)
    /// News within this time come together.
    private static let gathering = Duration.milliseconds(50)
    /// After so many events that were passed over the client is told how far it is, so that it need not begin again.
    private static let maximumSkipped = 1_000

    init(events: any EventStore, epoch: StoreEpoch, selection: EventSelection, seq: Int64) {
        self.events = events
        self.epoch = epoch
        self.selection = selection
        self.seq = seq
    }

    /// Sends what is selected, for ever.
    mutating func run(_ output: ResponseStream) async throws {
        // Whoever comes back before the first event still knows where to go on.
        try await tellPosition(output, retry: .seconds(2))
        while output.isOpen {
            let isBehind =
                if let stream = selection.stream { try await sendStream(stream, output) } else {
                    try await sendLog(output)
                }
            if isBehind { continue }
            try await events.waitForEvents(after: seq, timeout: Self.patience)
            try await Task.sleep(for: Self.gathering)
        }
    }

    /// - Returns: Whether there may be more at once.
    private mutating func sendLog(_ output: ResponseStream) async throws -> Bool {
        let found = try await events.readAll(after: seq, limit: Self.page)
        for event in found {
            seq = event.seq
            if selection.takes(event) { try await send(event, output) } else { skipped += 1 }
        }
        if skipped >= Self.maximumSkipped { try await tellPosition(output) }
        return found.count == Self.page
    }

    /// One stream is read by itself, so that a run's history is not looked for in the whole log.
    private mutating func sendStream(_ stream: StreamName, _ output: ResponseStream) async throws -> Bool {
        // Taken before the stream is read: what is recorded in between wakes the next wait.
        let head = try await events.head()
        let found = try await events.readStream(stream, after: version, limit: Self.page)
        for event in found {
            version = event.version
            if event.seq > seq { try await send(event, output) }
        }
        if found.count == Self.page { return true }
        // What was sent may lie beyond the head that was taken: nothing is sent twice.
        seq = max(seq, head, found.last?.seq ?? 0)
        return false
    }

    private mutating func send(_ event: EventEnvelope, _ output: ResponseStream) async throws {
        skipped = 0
        try await output.send(ServerSentEvent(id: "\(event.seq)", event: event.event.type, data: event.json))
    }

    /// Tells the position and which log it is of, without an event of the log.
    private mutating func tellPosition(_ output: ResponseStream, retry: Duration? = nil) async throws {
        skipped = 0
        try await output.send(
            ServerSentEvent(
                id: "\(seq)", event: "position", data: "{\"seq\":\(seq),\"store_epoch\":\"\(epoch)\"}", retry: retry))
    }
}

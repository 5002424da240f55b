import EventSourcing
import Postgres

/// What waits to be appended and what is on its way: a value, without I/O.
struct AppendQueue {
    typealias Completion = @Sendable (Result<AppendOutcome, any Error>) -> Void

    struct Entry: Sendable {
        let request: EncodedRequest
        let completion: Completion
        /// Whether it goes alone, because a batch that it was in was refused as a whole.
        var goesAlone = false
    }

    /// How the queue is bounded.
    struct Limits: Sendable {
        /// The most requests that wait.
        var waiting = 10_000
        /// The most requests in one batch.
        var batch = 500
        /// The most batches on their way at a time.
        var inFlight = 2
        /// How many requests must wait for a batch to follow another that is not yet answered. Without it, two small
        /// batches would take turns, each paying for a commit.
        var worthFollowing = 128
    }

    private let limits: Limits
    private var waiting: [Entry] = []
    private(set) var inFlight = 0
    private(set) var connection: PostgresConnection?
    private(set) var isConnecting = false
    private(set) var isClosed = false

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// - Returns: False when as many requests wait as may.
    mutating func add(_ entry: Entry) -> Bool {
        guard !isClosed, waiting.count < limits.waiting else { return false }
        waiting.append(entry)
        return true
    }

    /// The next batch, if one may be sent now.
    mutating func nextBatch() -> (connection: PostgresConnection, entries: [Entry])? {
        guard let connection, !waiting.isEmpty else { return nil }
        guard inFlight == 0 || (inFlight < limits.inFlight && waiting.count >= limits.worthFollowing) else {
            return nil
        }
        var count = min(limits.batch, waiting.count)
        if let alone = waiting.prefix(count).firstIndex(where: \.goesAlone) { count = max(1, alone) }
        let entries = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        inFlight += 1
        return (connection, entries)
    }

    mutating func batchEnded() {
        inFlight -= 1
    }

    /// Puts entries back in front: what may be sent again.
    mutating func putBack(_ entries: [Entry]) {
        waiting.insert(contentsOf: entries, at: 0)
    }

    /// Whether somebody has to connect.
    mutating func beginConnecting() -> Bool {
        guard connection == nil, !isConnecting, !isClosed, !waiting.isEmpty else { return false }
        isConnecting = true
        return true
    }

    mutating func connected(_ connection: PostgresConnection) {
        self.connection = connection
        isConnecting = false
    }

    mutating func disconnected(_ connection: PostgresConnection) {
        if self.connection === connection { self.connection = nil }
    }

    /// No connection could be made: nothing waits any longer.
    mutating func giveUp() -> [Entry] {
        isConnecting = false
        defer { waiting = [] }
        return waiting
    }

    mutating func close() -> (entries: [Entry], connection: PostgresConnection?) {
        isClosed = true
        defer {
            waiting = []
            connection = nil
        }
        return (waiting, connection)
    }
}

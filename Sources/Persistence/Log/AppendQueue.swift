import EventSourcing

/// A request that waits, and who waits for it.
struct AppendEntry: Sendable {
    let request: EncodedRequest
    let completion: @Sendable (Result<AppendOutcome, any Error>) -> Void
    /// Whether it goes alone, because a batch that it was in was refused as a whole.
    var goesAlone = false
    /// How often it was sent and no answer came.
    var lostSends = 0

    /// How often it is sent at most while no answer comes: it may be what breaks the connections.
    static let maximumSends = 3

    /// Tells who waits that it was not recorded by its last try.
    func fail(_ error: EventStoreError) {
        completion(.failure(lostSends > 0 ? .outcomeUnknown("\(error)") : error))
    }
}

/// How an `AppendQueue` is bounded.
struct AppendQueueLimits: Sendable {
    /// The most requests that wait.
    var waiting = 10_000
    /// The most bytes that wait.
    var waitingBytes = 256 << 20
    /// The most requests in one batch.
    var batch = 500
    /// The most bytes in one batch, unless one request alone has more.
    var batchBytes = 8 << 20
    /// The most batches on their way at a time.
    var inFlight = 2
    /// How many requests must wait for a batch to follow another that is not yet answered. With fewer, small batches
    /// would take turns, each paying for a commit; with more, 64 clients would all wait for the same one, and the server
    /// for them (measured with 64 that do nothing else: 14,000 events/s from 128 on, 25,000 from 32 or 24, 17,000 from
    /// 16; and over HTTP 12 % more commands/s from 24 than from 32, with `company` as it is).
    var worthFollowing = 24
    /// From how many requests in a batch on the next one is not sent sooner than `spacing` after it, unless all wait again
    /// who may, or `company` do. Under half of full load there would be a batch for every two or three requests, and most
    /// of the work would be that of the batches.
    var few = 3
    var spacing = Duration.milliseconds(3)
    /// How many requests need not wait for more. After a batch of so many half as many are waited for, `patience` at most,
    /// though `spacing` has passed: those who were answered together send their next ones together, and without this the
    /// first of them would be a batch alone, and the rest would wait for its commit.
    var company = 16
    var patience = Duration.microseconds(500)
}

/// What waits to be appended and what is on its way: a value, without I/O.
struct AppendQueue<Connection: AnyObject> {
    typealias Entry = AppendEntry
    typealias Limits = AppendQueueLimits

    private let limits: Limits
    private var waiting: [Entry] = []
    private var waitingBytes = 0
    private(set) var inFlight = 0
    /// When the last batch was sent.
    private var sentAt: ContinuousClock.Instant?
    /// How many are waited for, and until when; nil when the next batch waits for nobody.
    private var expected: (count: Int, until: ContinuousClock.Instant)?
    private(set) var connection: Connection?
    private(set) var isConnecting = false
    private(set) var isClosed = false

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// - Returns: False when as many requests wait as may.
    mutating func add(_ entry: Entry) -> Bool {
        guard !isClosed, waiting.count < limits.waiting,
            waitingBytes + entry.request.byteCount <= limits.waitingBytes
        else { return false }
        waiting.append(entry)
        waitingBytes += entry.request.byteCount
        return true
    }

    /// The next batch, if one may be sent now.
    mutating func nextBatch(now: ContinuousClock.Instant = .now) -> (connection: Connection, entries: [Entry])? {
        guard let connection, !waiting.isEmpty else { return nil }
        if let expected, waiting.count < expected.count, now < expected.until { return nil }
        guard inFlight == 0 || (inFlight < limits.inFlight && waiting.count >= limits.worthFollowing) else {
            return nil
        }
        expected = nil
        let count = nextCount()
        let entries = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        waitingBytes -= entries.byteCount
        inFlight += 1
        sentAt = now
        return (connection, entries)
    }

    /// How many of those that wait make the next batch: at least one.
    private func nextCount() -> Int {
        var count = 0
        var bytes = 0
        for entry in waiting.prefix(limits.batch) {
            bytes += entry.request.byteCount
            guard count == 0 || (bytes <= limits.batchBytes && !entry.goesAlone) else { break }
            count += 1
            if entry.goesAlone { break }
        }
        return count
    }

    mutating func batchEnded() {
        inFlight -= 1
    }

    /// A batch of so many was answered, and they are told now.
    ///
    /// - Returns: After what time the next batch must be asked for again; nil when it waits for nobody.
    mutating func expectCompany(after count: Int, now: ContinuousClock.Instant = .now) -> Duration? {
        guard inFlight == 0 else { return nil }
        let company: (count: Int, until: ContinuousClock.Instant)
        if let sentAt, count >= limits.few, sentAt + limits.spacing > now {
            // All who are known to have something to append: those who wait, and those who are answered.
            company = (min(waiting.count + count, limits.company), sentAt + limits.spacing)
        } else if count >= limits.company, waiting.isEmpty {
            company = (count / 2, now + limits.patience)
        } else {
            return nil
        }
        guard waiting.count < company.count else { return nil }
        expected = company
        return company.until - now
    }

    /// Puts entries back in front: what may be sent again.
    ///
    /// - Returns: False when the queue was closed meanwhile: nobody will send them.
    mutating func putBack(_ entries: [Entry]) -> Bool {
        guard !isClosed else { return false }
        waiting.insert(contentsOf: entries, at: 0)
        waitingBytes += entries.byteCount
        return true
    }

    /// Whether somebody has to connect.
    mutating func beginConnecting() -> Bool {
        guard connection == nil, !isConnecting, !isClosed, !waiting.isEmpty else { return false }
        isConnecting = true
        return true
    }

    /// - Returns: False when the queue was closed meanwhile: nobody needs the connection.
    mutating func connected(_ connection: Connection) -> Bool {
        isConnecting = false
        guard !isClosed else { return false }
        self.connection = connection
        return true
    }

    mutating func disconnected(_ connection: Connection) {
        if self.connection === connection { self.connection = nil }
    }

    /// No connection could be made: nothing waits any longer.
    mutating func giveUp() -> [Entry] {
        isConnecting = false
        return takeAll()
    }

    mutating func close() -> (entries: [Entry], connection: Connection?) {
        isClosed = true
        defer { connection = nil }
        return (takeAll(), connection)
    }

    private mutating func takeAll() -> [Entry] {
        defer {
            waiting = []
            waitingBytes = 0
        }
        return waiting
    }
}

extension Collection<AppendEntry> {
    fileprivate var byteCount: Int { reduce(0) { $0 + $1.request.byteCount } }
}

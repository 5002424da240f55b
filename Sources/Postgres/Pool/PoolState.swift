/// A connection of a pool.
struct PooledConnection: Sendable {
    let connection: PostgresConnection
    let madeAt: ContinuousClock.Instant
}

/// What a caller of the pool may do.
enum PoolGrant: Sendable {
    case use(PooledConnection)
    /// There is room for one more: connect.
    case connect
}

/// Who has which connection and who waits: a value, without I/O.
struct PoolState {
    typealias Waiter = CheckedContinuation<PoolGrant, any Error>

    /// What is to be done with a connection that comes back.
    enum Return {
        case kept
        case handTo(Waiter)
        case close
    }

    private let capacity: Int
    private let maximumWaiters: Int
    private var idle: [PooledConnection] = []
    /// Connections lent out or being made.
    private var inUse = 0
    private var waiters: [(ticket: Int, continuation: Waiter)] = []
    private var tickets = 0
    private var isClosed = false

    init(capacity: Int, maximumWaiters: Int) {
        self.capacity = capacity
        self.maximumWaiters = maximumWaiters
    }

    mutating func makeTicket() -> Int {
        tickets += 1
        return tickets
    }

    /// Answers at once, or keeps the continuation until there is an answer.
    mutating func request(_ ticket: Int, _ continuation: Waiter) -> Result<PoolGrant, any Error>? {
        if isClosed { return .failure(PostgresError.closed) }
        if let lease = idle.popLast() {
            inUse += 1
            return .success(.use(lease))
        }
        if inUse < capacity {
            inUse += 1
            return .success(.connect)
        }
        guard waiters.count < maximumWaiters else {
            return .failure(PostgresError.poolExhausted(waiting: waiters.count))
        }
        waiters.append((ticket, continuation))
        return nil
    }

    mutating func withdraw(_ ticket: Int) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return waiters.remove(at: index).continuation
    }

    mutating func giveBack(_ lease: PooledConnection) -> Return {
        if isClosed {
            inUse -= 1
            return .close
        }
        if !waiters.isEmpty { return .handTo(waiters.removeFirst().continuation) }
        inUse -= 1
        idle.append(lease)
        return .kept
    }

    /// A connection was discarded or could not be made.
    ///
    /// - Returns: Who may connect in its place.
    mutating func giveUpPlace() -> Waiter? {
        if !isClosed, !waiters.isEmpty { return waiters.removeFirst().continuation }
        inUse -= 1
        return nil
    }

    mutating func close() -> (idle: [PooledConnection], waiters: [Waiter]) {
        defer {
            idle = []
            waiters = []
            isClosed = true
        }
        return (idle, waiters.map(\.continuation))
    }
}

/// What a caller of the pool may do.
enum PoolGrant<Lease> {
    case use(Lease)
    /// There is room for one more: connect.
    case connect
}

extension PoolGrant: Sendable where Lease: Sendable {}
extension PoolGrant: Equatable where Lease: Equatable {}

/// Who has which connection and who waits: a value, without I/O.
struct PoolState<Lease, Waiter> {
    /// What is to be done with a connection that comes back.
    enum Return {
        case kept
        case handTo(Waiter)
        case close
    }

    private let capacity: Int
    private let maximumWaiters: Int
    private var idle: [Lease] = []
    /// Connections lent out or being made.
    private var inUse = 0
    private var waiters: [(ticket: Int, waiter: Waiter)] = []
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

    /// What a caller may do at once; nil when it has to wait. The connection used last comes first.
    ///
    /// - Throws: `PostgresError.closed`.
    mutating func take() throws(PostgresError) -> PoolGrant<Lease>? {
        if isClosed { throw .closed }
        if let lease = idle.popLast() {
            inUse += 1
            return .use(lease)
        }
        guard inUse < capacity else { return nil }
        inUse += 1
        return .connect
    }

    /// As `take`, and keeps the waiter, in turn, when there is nothing.
    ///
    /// - Throws: `PostgresError.closed`, `.poolExhausted`.
    mutating func takeOrWait(_ ticket: Int, _ waiter: Waiter) throws(PostgresError) -> PoolGrant<Lease>? {
        if let grant = try take() { return grant }
        guard waiters.count < maximumWaiters else { throw .poolExhausted(waiting: waiters.count) }
        waiters.append((ticket, waiter))
        return nil
    }

    mutating func withdraw(_ ticket: Int) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return waiters.remove(at: index).waiter
    }

    mutating func giveBack(_ lease: Lease) -> Return {
        if isClosed {
            inUse -= 1
            return .close
        }
        if !waiters.isEmpty { return .handTo(waiters.removeFirst().waiter) }
        inUse -= 1
        idle.append(lease)
        return .kept
    }

    /// A connection was discarded or could not be made.
    ///
    /// - Returns: Who may connect in its place.
    mutating func giveUpPlace() -> Waiter? {
        if !isClosed, !waiters.isEmpty { return waiters.removeFirst().waiter }
        inUse -= 1
        return nil
    }

    mutating func close() -> (idle: [Lease], waiters: [Waiter]) {
        defer {
            idle = []
            waiters = []
            isClosed = true
        }
        return (idle, waiters.map(\.waiter))
    }
}

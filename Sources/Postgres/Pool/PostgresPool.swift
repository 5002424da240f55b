import Dispatch
import Synchronization

/// A bounded number of connections that tasks take turns in using.
///
/// Connections are made when they are needed. One that broke, or comes back in a transaction or in use, is discarded.
package final class PostgresPool: Sendable {
    package struct Limits: Sendable {
        /// The most connections.
        package var connections: Int
        /// The most callers that wait for one.
        package var waiters: Int
        /// How long a caller waits.
        package var timeout: Duration
        /// How old a connection may get.
        package var lifetime: Duration

        package init(
            connections: Int = 8, waiters: Int = 1_000, timeout: Duration = .seconds(10),
            lifetime: Duration = .seconds(3_600)
        ) {
            self.connections = connections
            self.waiters = waiters
            self.timeout = timeout
            self.lifetime = lifetime
        }
    }

    private let configuration: PostgresConfiguration
    private let limits: Limits
    private typealias State = PoolState<PooledConnection, CheckedContinuation<Grant, any Error>>
    private typealias Grant = PoolGrant<PooledConnection>

    private let state: Mutex<State>

    package init(_ configuration: PostgresConfiguration, limits: Limits = Limits()) {
        precondition(limits.connections > 0 && limits.waiters >= 0)
        self.configuration = configuration
        self.limits = limits
        state = Mutex(PoolState(capacity: limits.connections, maximumWaiters: limits.waiters))
    }

    /// A pool of its own to the same server, for so many connections.
    package func another(connections: Int) -> PostgresPool {
        var limits = limits
        limits.connections = connections
        return PostgresPool(configuration, limits: limits)
    }

    /// Lends a connection to `work`.
    ///
    /// - Throws: `PostgresError.poolExhausted`, `.poolTimeout`, `.closed`, `.notConnected`, or what `work` throws.
    @discardableResult
    package func withConnection<Value: Sendable>(
        _ work: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let lease = try await acquire()
        do {
            let value = try await work(lease.connection)
            giveBack(lease)
            return value
        } catch {
            giveBack(lease)
            throw error
        }
    }

    /// Lends a connection to `work`, in a transaction: committed when it returns, rolled back when it throws.
    @discardableResult
    package func withTransaction<Value: Sendable>(
        isolation: PostgresIsolation = .readCommitted, _ work: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await withConnection { connection in
            try await connection.withTransaction(isolation: isolation, work)
        }
    }

    /// Runs one statement on any connection.
    @discardableResult
    package func query(_ sql: String, _ parameters: PostgresParameters = .init()) async throws -> PostgresResult {
        try await withConnection { try await $0.query(sql, parameters) }
    }

    /// Ends all connections; those in use when they come back. Who waits gets `PostgresError.closed`.
    package func close() {
        let (idle, waiters) = state.withLock { $0.close() }
        idle.forEach { $0.connection.close() }
        waiters.forEach { $0.resume(throwing: PostgresError.closed) }
    }

    private func acquire() async throws -> PooledConnection {
        switch try await place() {
        case .use(let lease):
            let isYoung = ContinuousClock.now - lease.madeAt < limits.lifetime
            if isYoung, lease.connection.isReady { return lease }
            lease.connection.close()
            return try await connect()
        case .connect: return try await connect()
        }
    }

    private func connect() async throws -> PooledConnection {
        do {
            return PooledConnection(
                connection: try await PostgresConnection.connect(configuration), madeAt: ContinuousClock.now)
        } catch {
            giveUpPlace()
            throw error
        }
    }

    private func place() async throws -> Grant {
        try Task.checkCancellation()
        if let grant = try state.withLock({ try $0.take() }) { return grant }
        let ticket = state.withLock { $0.makeTicket() }
        let timer = Task {
            try await Task.sleep(for: limits.timeout)
            fail(ticket, PostgresError.poolTimeout(limits.timeout))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Grant, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    return Result { try state.takeOrWait(ticket, continuation) }.answer()
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            fail(ticket, CancellationError())
        }
    }

    private func fail(_ ticket: Int, _ error: any Error) {
        state.withLock { $0.withdraw(ticket) }?.resume(throwing: error)
    }

    private func giveBack(_ lease: PooledConnection) {
        guard lease.connection.isReady else {
            lease.connection.close()
            return giveUpPlace()
        }
        switch state.withLock({ $0.giveBack(lease) }) {
        case .kept: break
        case .handTo(let waiter): waiter.resume(returning: .use(lease))
        case .close: lease.connection.close()
        }
    }

    private func giveUpPlace() {
        state.withLock { $0.giveUpPlace() }?.resume(returning: .connect)
    }
}

/// A connection of a pool.
private struct PooledConnection: Sendable {
    let connection: PostgresConnection
    let madeAt: ContinuousClock.Instant
}

extension Result {
    /// Nil when there is none yet.
    fileprivate func answer<Value>() -> Result<Value, Failure>? where Success == Value? {
        switch self {
        case .success(let value): value.map { .success($0) }
        case .failure(let error): .failure(error)
        }
    }
}

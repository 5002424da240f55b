import EventSourcing
import Postgres
import Synchronization

/// Hands commands that wait over together (group commit): one `append_batch` call for all of them.
///
/// Who is alone never waits: what comes while nothing is on its way is sent at once, what comes meanwhile makes the next
/// batch. Only after batches of several is a moment given for several to come together again (`AppendQueueLimits`).
/// One connection, so that batches are answered in the order in which they were sent.
final class Appender: Sendable {
    private let configuration: PostgresConfiguration
    private let limits: EventStoreLimits
    private let identity: StoreIdentity
    private let queue: Mutex<AppendQueue<PostgresConnection>>
    private let onAppend: @Sendable (Int64) -> Void

    /// How often connecting is tried before those who wait are told.
    private static let connectAttempts = 5

    /// How long a batch waits for the log's lock, which another process may hold.
    static let lockTimeout = Duration.seconds(10)

    /// - Parameter onAppend: Called with the last seq of each batch.
    init(
        _ configuration: PostgresConfiguration, limits: EventStoreLimits, identity: StoreIdentity,
        lockTimeout: Duration = lockTimeout, queue: AppendQueueLimits = AppendQueueLimits(),
        onAppend: @escaping @Sendable (Int64) -> Void
    ) {
        var configuration = configuration
        configuration.settings["lock_timeout"] = "\(Int(lockTimeout / .milliseconds(1)))ms"
        self.configuration = configuration
        self.limits = limits
        self.identity = identity
        self.queue = Mutex(AppendQueue(limits: queue))
        self.onAppend = onAppend
    }

    func append(_ request: AppendRequest) async throws -> AppendOutcome {
        let encoded = try EncodedRequest(request)
        return try await withCheckedThrowingContinuation { continuation in
            let entry = AppendEntry(request: encoded, completion: { continuation.resume(with: $0) })
            guard queue.withLock({ $0.add(entry) }) else {
                return continuation.resume(throwing: EventStoreError.overloaded)
            }
            pump()
        }
    }

    func close() {
        let (entries, connection) = queue.withLock { $0.close() }
        connection?.close()
        for entry in entries { entry.fail(Self.closed) }
    }

    /// Sends what may be sent.
    private func pump() {
        while let (connection, entries) = queue.withLock({ $0.nextBatch() }) {
            guard let epoch = identity.epoch else { preconditionFailure("connected to a log that was not met") }
            let batch = AppendBatch(
                entries.lazy.map(\.request), limits: limits, epoch: epoch, seenSeq: identity.seenSeq)
            connection.send(AppendBatch.sql, batch.parameters) { [self] answer in
                take(answer, of: entries, on: connection)
            }
        }
        if queue.withLock({ $0.beginConnecting() }) {
            Task { await connect() }
        }
    }

    private func take(
        _ answer: Result<PostgresResult, PostgresError>, of entries: [AppendEntry],
        on connection: PostgresConnection
    ) {
        queue.withLock { $0.batchEnded() }
        switch answer {
        case .success(let result):
            if let patience = queue.withLock({ $0.expectCompany(after: entries.count) }) {
                Task {
                    try? await Task.sleep(for: patience)
                    pump()
                }
            }
            pump()
            complete(entries, result)
        case .failure(.server(let error)) where entries.count > 1 && error.blamesData:
            // One command's data is at fault: each goes alone, so that its neighbours do not suffer.
            let alone = entries.map { entry in
                var entry = entry
                entry.goesAlone = true
                return entry
            }
            putBack(alone)
        case .failure(.server(let error)):
            let reason = Self.refusal(error)
            for entry in entries { entry.fail(reason) }
        case .failure(let error): lose(connection, entries, error)
        }
        pump()
    }

    /// Why a whole batch, or one request alone, was refused. Nothing of it was recorded.
    private static func refusal(_ error: ServerError) -> EventStoreError {
        if let replaced = StoreIdentity.replacement(error) { return replaced }
        let text = "\(PostgresError.server(error))"
        return switch error.sqlState {
        case "55P03":
            .unavailable(
                "another session has held the log's lock for longer than lock_timeout: \(text)", code: error.sqlState)
        case _ where error.blamesData: .malformed(text)
        default: .unavailable("the log refused: \(text)", code: error.sqlState)
        }
    }

    private func complete(_ entries: [AppendEntry], _ result: PostgresResult) {
        guard result.rowCount == entries.count else {
            let error = EventStoreError.corrupt("append_batch answered \(result.rowCount) of \(entries.count) commands")
            return entries.forEach { $0.completion(.failure(error)) }
        }
        var last: Int64 = 0
        for (row, entry) in zip(result.rows, entries) {
            let outcome = Result { try AppendOutcome(row, of: entry.request.request, limits) }
            if case .success(.appended(let receipt)) = outcome { last = max(last, receipt.lastSeq) }
            entry.completion(outcome)
        }
        if last > 0 { onAppend(last) }
    }

    /// The connection broke while a batch was under way: it may have been recorded. What carries an idempotency key is
    /// sent again, since its receipt tells; of the rest the caller has to be told.
    private func lose(_ connection: PostgresConnection, _ entries: [AppendEntry], _ error: PostgresError) {
        let wasSent = if case .notConnected = error { false } else { true }
        queue.withLock { $0.disconnected(connection) }
        connection.close()
        let counted = entries.map { entry in
            var entry = entry
            if wasSent { entry.lostSends += 1 }
            return entry
        }
        let isSafe = { (entry: AppendEntry) in
            !wasSent || (entry.request.request.idempotency != nil && entry.lostSends < AppendEntry.maximumSends)
        }
        putBack(counted.filter(isSafe))
        for entry in counted where !isSafe(entry) { entry.fail(.unavailable("\(error)", code: error.sqlState)) }
    }

    private func putBack(_ entries: [AppendEntry]) {
        guard !queue.withLock({ $0.putBack(entries) }) else { return }
        for entry in entries { entry.fail(Self.closed) }
    }

    private static let closed = EventStoreError.unavailable("the log was closed")

    private func connect() async {
        for attempt in 1...Self.connectAttempts {
            do {
                let connection = try await PostgresConnection.connect(configuration)
                let seen = identity.seenSeq
                guard let row = try await connection.query(StoreIdentity.query).first else {
                    throw EventStoreError.corrupt("the table log_store is empty")
                }
                try identity.note(row, seen: seen)
                guard queue.withLock({ $0.connected(connection) }) else { return connection.close() }
                return pump()
            } catch let error as EventStoreError {
                return fail(error)
            } catch {
                guard attempt < Self.connectAttempts else {
                    return fail(.unavailable("\(error)", code: (error as? PostgresError)?.sqlState))
                }
                try? await Task.sleep(for: .milliseconds(100 << attempt))
            }
        }
    }

    private func fail(_ error: EventStoreError) {
        for entry in queue.withLock({ $0.giveUp() }) { entry.fail(error) }
    }
}

extension ServerError {
    /// Whether a value in the call was not acceptable: SQLSTATE classes 22 (data), 23 (constraints) and 54 (limits).
    fileprivate var blamesData: Bool { ["22", "23", "54"].contains(sqlState.prefix(2)) }
}

package import EventSourcing
import FoundationEssentials
package import Postgres

/// The log in Postgres (schema/0001_log.sql).
package final class PostgresEventStore: EventStore {
    private let pool: PostgresPool
    private let appender: Appender
    private let tip: TipWatcher
    private let identity: StoreIdentity

    /// Where it is announced how far the log has come.
    private static let channel = "event_log"

    /// - Parameters:
    ///   - configuration: As the service's role.
    ///   - pool: For all but appending.
    package convenience init(
        _ configuration: PostgresConfiguration, pool: PostgresPool, limits: EventStoreLimits = EventStoreLimits()
    ) {
        self.init(configuration, pool: pool, limits: limits, lockTimeout: Appender.lockTimeout)
    }

    init(
        _ configuration: PostgresConfiguration, pool: PostgresPool, limits: EventStoreLimits, lockTimeout: Duration
    ) {
        self.pool = pool
        let identity = StoreIdentity()
        self.identity = identity
        let tip = TipWatcher(
            configuration, channel: Self.channel, query: StoreIdentity.query,
            check: { try identity.note($0, seen: $1) })
        self.tip = tip
        let announcer = TipAnnouncer(pool, channel: Self.channel)
        appender = Appender(configuration, limits: limits, identity: identity, lockTimeout: lockTimeout) { seq in
            identity.note(seq: seq)
            tip.note(seq)
            announcer.announce(seq)
        }
    }

    /// Watches the log for what other processes append, keeps partitions ahead of need and forgets receipts that have
    /// expired, until the task is cancelled.
    ///
    /// - Throws: `EventStoreError.storeReplaced` or `.storeBehind` when the database is another one than before.
    package func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { [tip] in try await tip.run() }
            group.addTask { [pool] in
                while true {
                    // A failure is tried again in a minute: there is room for millions of events.
                    _ = try? await pool.query("SELECT prepare_partitions()")
                    _ = try? await Self.pruneReceipts(pool)
                    try await Task.sleep(for: .seconds(60))
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Forgets receipts that have expired, in portions, so that no append waits for long.
    ///
    /// - Returns: How many.
    @discardableResult
    static func pruneReceipts(_ pool: PostgresPool, portion: Int32 = 1_000) async throws -> Int {
        var pruned = 0
        while true {
            let row = try await pool.query("SELECT prune_receipts($1) AS count", .init(portion)).first
            let count: Int = try row?.decode("count") ?? 0
            pruned += count
            if count < portion { return pruned }
        }
    }

    /// Ends the appending connection; what waits is told so.
    package func close() {
        appender.close()
    }

    package func append(_ request: AppendRequest) async throws -> AppendOutcome {
        try await appender.append(request)
    }

    package func readStream(_ stream: StreamName, after version: Int, limit: Int) async throws -> [EventEnvelope] {
        try await read(
            "\(Self.columns) WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3",
            PostgresParameters(stream.description, Int32(clamping: version), Int64(limit)))
    }

    package func readAll(after seq: Int64, limit: Int) async throws -> [EventEnvelope] {
        try await read("\(Self.columns) WHERE seq > $1 ORDER BY seq LIMIT $2", PostgresParameters(seq, Int64(limit)))
    }

    package func readCategory(_ category: String, after seq: Int64, limit: Int) async throws -> CategoryPage {
        let known = tip.seq
        let through = min(known > seq ? known : try await head(), seq + Int64(limit))
        guard through > seq else { return CategoryPage(events: [], throughSeq: seq) }
        let events = try await read(
            "\(Self.columns) WHERE seq > $1 AND seq <= $2 AND starts_with(stream, $3) ORDER BY seq",
            PostgresParameters(seq, through, "\(category)-"))
        return CategoryPage(events: events, throughSeq: through)
    }

    private static let columns = """
        SELECT seq, stream, version, type, schema_version, recorded_at, payload, metadata FROM event_log
        """

    private func read(_ sql: String, _ parameters: PostgresParameters) async throws -> [EventEnvelope] {
        try await answering {
            let result = try await pool.query(sql, parameters)
            return try await computing(over: result.rowCount, result.byteCount) {
                try result.rows.map(EventEnvelope.init(row:))
            }
        }
    }

    package func head() async throws -> Int64 {
        try await answering {
            let seen = identity.seenSeq
            let row = try await pool.query(StoreIdentity.query).first
            let seq = try row.map { try identity.note($0, seen: seen) } ?? 0
            tip.note(seq)
            return seq
        }
    }

    package func epoch() async throws -> StoreEpoch {
        if let epoch = identity.epoch { return epoch }
        _ = try await head()
        guard let epoch = identity.epoch else { throw EventStoreError.corrupt("the table log_store is empty") }
        return epoch
    }

    package func receipt(for key: IdempotencyKey) async throws -> AppendOutcome? {
        try await answering {
            let found = try await pool.query(
                """
                SELECT fingerprint, first_seq, last_seq, recorded_at FROM command_receipts
                WHERE scope = $1 AND key = $2 AND expires_at > clock_timestamp()
                """, PostgresParameters(key.scope, key.key))
            guard let row = found.first else { return nil }
            let receipt = AppendReceipt(
                firstSeq: try row.decode("first_seq"), lastSeq: try row.decode("last_seq"),
                recordedAt: try row.decode("recorded_at"))
            let isSame = try row.decode("fingerprint", as: PostgresBytes.self).bytes == key.fingerprint
            return isSame ? .duplicate(receipt) : .keyReused(firstSeq: receipt.firstSeq)
        }
    }

    package func waitForEvents(after seq: Int64, timeout: Duration) async throws {
        try await tip.wait(after: seq, timeout: timeout)
    }
}

/// Says in the port's words why Postgres did not answer.
func answering<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as PostgresError {
        throw EventStoreError.unavailable("\(error)", code: error.sqlState)
    }
}

extension EventEnvelope {
    init(row: PostgresRow) throws {
        let name: String = try row.decode("stream")
        guard let stream = StreamName(name) else { throw EventStoreError.corrupt("“\(name)” is not a stream's name") }
        let metadata: String = try row.decode("metadata")
        self.init(
            seq: try row.decode("seq"), stream: stream, version: try row.decode("version"),
            recordedAt: try row.decode("recorded_at"),
            event: EncodedEvent(
                type: try row.decode("type"), schemaVersion: try row.decode("schema_version"),
                payload: try row.decode("payload")),
            metadata: try EventMetadata(jsonText: metadata))
    }
}

import EventSourcing
import FoundationEssentials
import Postgres

/// Requests on their way to `append_batch`, as its arrays (schema/0002_append_batch.sql).
struct AppendBatch {
    static let sql = """
        SELECT command, outcome, first_seq, last_seq, recorded_at, subject, found, holder FROM append_batch(
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27, $28, make_interval(secs => $29), $30, $31, $32)
        """

    private var isOverlapping = false
    private var touched: Set<String> = []

    private var keyScopes = PostgresArray<String>()
    private var keys = PostgresArray<String>()
    private var fingerprints = PostgresArray<PostgresBytes>()
    private var leases = PostgresArray<String>()
    private var epochs = PostgresArray<Int64>()
    private var firstWrites = PostgresArray<Int32>()
    private var writeCounts = PostgresArray<Int32>()
    private var firstEvents = PostgresArray<Int32>()
    private var eventCounts = PostgresArray<Int32>()
    private var firstClaims = PostgresArray<Int32>()
    private var claimCounts = PostgresArray<Int32>()

    private var streams = PostgresArray<String>()
    private var expected = PostgresArray<Int32>()
    private var counts = PostgresArray<Int32>()
    private var closes = PostgresArray<Bool>()

    private var eventWrites = PostgresArray<Int32>()
    private var positions = PostgresArray<Int32>()
    private var eventStreams = PostgresArray<String>()
    private var types = PostgresArray<String>()
    private var schemas = PostgresArray<Int32>()
    private var payloads = PostgresArray<String>()
    private var metadata = PostgresArray<String>()

    private var takes = PostgresArray<Bool>()
    private var scopes = PostgresArray<String>()
    private var foldedNames = PostgresArray<String>()
    private var names = PostgresArray<String>()
    private var holders = PostgresArray<String>()

    private let limits: EventStoreLimits
    private let epoch: StoreEpoch
    private let seenSeq: Int64

    /// - Parameters:
    ///   - epoch: The log that is written to.
    ///   - seenSeq: The last event of it that is known to this process.
    init(_ requests: some Sequence<EncodedRequest>, limits: EventStoreLimits, epoch: StoreEpoch, seenSeq: Int64) {
        self.limits = limits
        self.epoch = epoch
        self.seenSeq = seenSeq
        for request in requests { add(request) }
    }

    private mutating func add(_ encoded: EncodedRequest) {
        let request = encoded.request
        keyScopes.append(request.idempotency?.scope)
        keys.append(request.idempotency?.key)
        fingerprints.append(request.idempotency.map { PostgresBytes($0.fingerprint) })
        if let key = request.idempotency { touch("key\u{0}\(key.scope)\u{0}\(key.key)") }
        leases.append(request.fence?.name)
        epochs.append(request.fence?.epoch)
        firstWrites.append(Int32(streams.count + 1))
        writeCounts.append(Int32(request.writes.count))
        firstEvents.append(Int32(types.count + 1))
        eventCounts.append(Int32(request.writes.reduce(0) { $0 + $1.events.count }))
        firstClaims.append(Int32(takes.count + 1))
        claimCounts.append(Int32(request.claims.count))
        for write in request.writes { add(write, encoded.metadata) }
        for claim in request.claims { add(claim) }
    }

    private mutating func add(_ write: StreamWrite, _ metadata: String) {
        let stream = write.stream.description
        touch(stream)
        streams.append(stream)
        switch write.expected {
        case .any: expected.append(-1)
        case .exactly(let version): expected.append(Int32(version))
        }
        counts.append(Int32(write.events.count))
        closes.append(write.closesStream)
        for (index, event) in write.events.enumerated() {
            eventWrites.append(Int32(streams.count))
            positions.append(Int32(index + 1))
            eventStreams.append(stream)
            types.append(event.type)
            schemas.append(Int32(event.schemaVersion))
            payloads.append(event.payload)
            self.metadata.append(metadata)
        }
    }

    private mutating func add(_ change: ClaimChange) {
        switch change {
        case .take(let claim, let stream): add(claim, stream, takes: true)
        case .release(let claim, let stream): add(claim, stream, takes: false)
        }
    }

    private mutating func add(_ claim: Claim, _ stream: StreamName, takes isTaken: Bool) {
        let folded = claim.name.lowercased()
        touch("claim\u{0}\(claim.scope)\u{0}\(folded)")
        takes.append(isTaken)
        scopes.append(claim.scope)
        foldedNames.append(folded)
        names.append(claim.name)
        holders.append(stream.description)
    }

    private mutating func touch(_ what: String) {
        if !touched.insert(what).inserted { isOverlapping = true }
    }

    var parameters: PostgresParameters {
        var parameters = PostgresParameters(isOverlapping)
        parameters.add(keyScopes)
        parameters.add(keys)
        parameters.add(fingerprints)
        parameters.add(leases)
        parameters.add(epochs)
        parameters.add(firstWrites)
        parameters.add(writeCounts)
        parameters.add(firstEvents)
        parameters.add(eventCounts)
        parameters.add(firstClaims)
        parameters.add(claimCounts)
        parameters.add(streams)
        parameters.add(expected)
        parameters.add(counts)
        parameters.add(closes)
        parameters.add(eventWrites)
        parameters.add(positions)
        parameters.add(eventStreams)
        parameters.add(types)
        parameters.add(schemas)
        parameters.add(payloads)
        parameters.add(metadata)
        parameters.add(takes)
        parameters.add(scopes)
        parameters.add(foldedNames)
        parameters.add(names)
        parameters.add(holders)
        parameters.add(limits.receiptLifetime / .seconds(1))
        parameters.add(Int32(limits.streamLength))
        parameters.add(epoch.id)
        parameters.add(seenSeq)
        return parameters
    }
}

/// A request with its metadata as JSON text, made before it waits.
struct EncodedRequest: Sendable {
    let request: AppendRequest
    let metadata: String
    /// How much it adds to a batch.
    let byteCount: Int

    init(_ request: AppendRequest) throws {
        metadata = request.metadata.jsonText()
        try request.checkBounds(metadata: metadata)
        byteCount = request.byteCount(metadata: metadata)
        self.request = request
    }
}

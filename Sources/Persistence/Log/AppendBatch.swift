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

    private var keyScopes: [String?] = []
    private var keys: [String?] = []
    private var fingerprints: [PostgresBytes?] = []
    private var leases: [String?] = []
    private var epochs: [Int64?] = []
    private var firstWrites: [Int32] = []
    private var writeCounts: [Int32] = []
    private var firstEvents: [Int32] = []
    private var eventCounts: [Int32] = []
    private var firstClaims: [Int32] = []
    private var claimCounts: [Int32] = []

    private var streams: [String] = []
    private var expected: [Int32] = []
    private var counts: [Int32] = []
    private var closes: [Bool] = []

    private var eventWrites: [Int32] = []
    private var positions: [Int32] = []
    private var eventStreams: [String] = []
    private var types: [String] = []
    private var schemas: [Int32] = []
    private var payloads: [String] = []
    private var metadata: [String] = []

    private var takes: [Bool] = []
    private var scopes: [String] = []
    private var foldedNames: [String] = []
    private var names: [String] = []
    private var holders: [String] = []

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
        parameters.add(array: keyScopes)
        parameters.add(array: keys)
        parameters.add(array: fingerprints)
        parameters.add(array: leases)
        parameters.add(array: epochs)
        parameters.add(array: firstWrites)
        parameters.add(array: writeCounts)
        parameters.add(array: firstEvents)
        parameters.add(array: eventCounts)
        parameters.add(array: firstClaims)
        parameters.add(array: claimCounts)
        parameters.add(array: streams)
        parameters.add(array: expected)
        parameters.add(array: counts)
        parameters.add(array: closes)
        parameters.add(array: eventWrites)
        parameters.add(array: positions)
        parameters.add(array: eventStreams)
        parameters.add(array: types)
        parameters.add(array: schemas)
        parameters.add(array: payloads)
        parameters.add(array: metadata)
        parameters.add(array: takes)
        parameters.add(array: scopes)
        parameters.add(array: foldedNames)
        parameters.add(array: names)
        parameters.add(array: holders)
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

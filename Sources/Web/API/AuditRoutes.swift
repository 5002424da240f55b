import API
import ControlPlane
import EventSourcing
import FoundationEssentials
import HTTPServer

/// The log's evidence: checkpoints, proofs, and bundles for auditors.
final class AuditRoutes: Sendable {
    private let ledger: any LedgerStore
    private let exports: LedgerExports
    private let proofs: LedgerProofs
    /// Four exports at a time: each keeps a database connection busy.
    private let slots = Slots(4)

    init(ledger: any LedgerStore, exports: LedgerExports) {
        self.ledger = ledger
        self.exports = exports
        proofs = LedgerProofs(ledger: ledger)
    }

    func register(on router: inout Router) {
        router.on(
            Endpoints.getCheckpoint,
            QueryHandling.handler("tree_size") { [ledger] request in
                guard let found = try await ledger.checkpoint(treeSize: try request.querySize("tree_size")) else {
                    throw try request.querySize("tree_size").map { ProofRefusal.noCheckpoint(of: $0) }
                        ?? ProofRefusal.nothingSealed
                }
                var response = HTTPResponse.text(found.note)
                response.fields[.cacheControl] = "no-store"
                return response
            })
        router.on(
            Endpoints.listCheckpoints,
            QueryHandling.handler("limit", "cursor") { [ledger] request in
                let page = try await ledger.checkpoints(page: try request.page(cursor: request.query["cursor"]))
                return try QueryHandling.json(
                    List(items: page.items.map(CheckpointResource.init), nextCursor: page.next))
            })
        router.on(
            Endpoints.proveInclusion,
            QueryHandling.handler("seq", "tree_size") { [proofs] request in
                let seq = try request.requiredSize("seq")
                let proof = try await proofs.inclusion(of: seq, in: try request.querySize("tree_size"))
                return try QueryHandling.json(InclusionProofResource(proof))
            })
        router.on(
            Endpoints.proveConsistency,
            QueryHandling.handler("from", "to") { [proofs] request in
                let size = try request.requiredSize("from")
                let proof = try await proofs.consistency(from: size, to: try request.querySize("to"))
                return try QueryHandling.json(ConsistencyProofResource(proof))
            })
        router.on(Endpoints.exportLog) { try await self.export($0) }
    }

    private func export(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.requireQuery(of: [
            "after", "tree_size", "checkpoint", "since", "until", "stream", "actor", "type",
        ])
        guard let identity = request.identity else { preconditionFailure("a route without identity middleware") }
        let seq = Int64(try request.queryNumber("after", in: 0...Int.max, default: 0))
        let size = try request.querySize("tree_size")
        let number = try request.querySize("checkpoint")
        guard seq == 0 || (size ?? 0) >= seq && number != nil else {
            throw Problem.invalidParameter(
                "after", code: "incomplete",
                "goes with the tree_size (not less) and checkpoint of the bundle's header")
        }
        let filter = BundleFilter(
            since: try request.queryTime("since"), until: try request.queryTime("until"),
            stream: try request.queryText("stream"), actor: try request.queryText("actor"),
            type: try request.queryText("type"))
        // Who asks for the head alone gets no evidence: there is nothing to record.
        if request.method == .head { return Self.bundle { _ in } }
        guard let slot = slots.take() else {
            throw Problem(
                status: 503, code: "too-many-exports", title: "As many exports are under way as this server allows",
                detail: "try again when one of them has ended; an export that was cut goes on where it stopped")
        }
        let header = try await exports.begin(
            after: seq, treeSize: size, checkpoint: number, filter: filter.isEmpty ? nil : filter,
            metadata: identity.metadata)
        return Self.bundle { [exports] output in
            defer { withExtendedLifetime(slot) {} }
            try await exports.write(header, after: seq) { try await output.write($0) }
        }
    }

    private static func bundle(_ produce: @escaping StreamedBody.Producer) -> HTTPResponse {
        var response = HTTPResponse.stream(type: "application/jsonl", produce)
        response.fields[.cacheControl] = "no-store"
        return response
    }
}

extension HTTPRequest {
    /// A size, seq or number in the query, from 1; nil when it is absent.
    fileprivate func querySize(_ name: String) throws -> Int64? {
        query[name] == nil ? nil : Int64(try queryNumber(name, in: 1...Int.max, default: 1))
    }

    fileprivate func requiredSize(_ name: String) throws -> Int64 {
        guard let value = try querySize(name) else {
            throw Problem.invalidParameter(name, code: "missing", "must be given: a whole number from 1")
        }
        return value
    }

    fileprivate func queryTime(_ name: String) throws -> Date? {
        guard let text = query[name] else { return nil }
        guard let time = WireTime.parse(text) else {
            throw Problem.invalidParameter(
                name, code: "malformed", "must be a time in UTC such as 2026-11-24T05:00:00Z")
        }
        return time.wholeMilliseconds
    }

    fileprivate func queryText(_ name: String) throws -> String? {
        guard let text = query[name] else { return nil }
        guard (1...200).contains(text.utf8.count) else {
            throw Problem.invalidParameter(name, code: "out-of-range", "must have 1 to 200 bytes")
        }
        return text
    }
}

extension CheckpointResource {
    init(_ checkpoint: KeptCheckpoint) {
        self.init(
            number: checkpoint.number, treeSize: checkpoint.size, rootHash: checkpoint.root.base64,
            signedAt: checkpoint.signedAt, note: checkpoint.note)
    }
}

extension InclusionProofResource {
    init(_ proof: InclusionProof) {
        let event = proof.event
        self.init(
            event: HashedEventResource(
                seq: event.seq, version: event.version, recordedMicroseconds: event.recordedMicroseconds,
                schemaVersion: event.schemaVersion, stream: event.stream, type: event.type, payload: event.payload,
                metadata: event.metadata),
            leafIndex: event.seq - 1, leafHash: proof.leaf.base64, treeSize: proof.checkpoint.size,
            auditPath: proof.path.map(\.base64), checkpoint: proof.checkpoint.note)
    }
}

extension ConsistencyProofResource {
    init(_ proof: ConsistencyProof) {
        self.init(
            fromSize: proof.size, fromRoot: proof.root.base64, treeSize: proof.checkpoint.size,
            path: proof.path.map(\.base64), checkpoint: proof.checkpoint.note)
    }
}

extension Problem {
    init(_ refusal: ProofRefusal) {
        switch refusal {
        case .nothingSealed:
            self.init(
                status: 404, code: "nothing-sealed", title: "No checkpoint has been signed",
                detail: "the server needs a key (--checkpoint-key-file), and some seconds after the first event")
        case .noCheckpoint(let size):
            self.init(
                status: 404, code: "checkpoint-not-found", title: "Not found",
                detail: "no checkpoint has the tree size \(size); the list of checkpoints tells which there are")
        case .notInTree(let seq, let size):
            self.init(
                status: 404, code: "not-sealed", title: "Not in the tree",
                detail: "the tree holds seq 1 to \(size), not \(seq); new events are sealed within seconds")
        }
    }

    /// The server's own trouble, which nobody may overlook.
    init(_ fault: LedgerFault) {
        self.init(
            status: 500, code: "log-inconsistent", title: "The log is not what was sealed",
            detail: "\(fault); nothing is proved until this is explained")
    }
}

import ControlPlane
import Cryptography
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// What the hash of an event is, is fixed for ever: by vectors that neither Swift nor Postgres has made.
@Suite struct LeafVectorTests {
    struct Vector: Decodable, Sendable {
        let name: String
        let event: CanonicalEvent
        let leafHash: String

        enum CodingKeys: String, CodingKey {
            case name, event
            case leafHash = "leaf_hash"
        }
    }

    static let vectors: [Vector] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/leaf-vectors.json")
        return (try? JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))) ?? []
    }()

    @Test func `Swift hashes every vector`() {
        #expect(Self.vectors.count == 8)
        for vector in Self.vectors { #expect("\(vector.event.leafHash)" == vector.leafHash, "\(vector.name)") }
    }

    @Test func `Postgres hashes every vector`() async throws {
        try await ProjectedLog.run { log in
            for vector in Self.vectors {
                let event = vector.event
                let row = try await log.pool.query(
                    """
                    SELECT encode(event_leaf_hash($1, $2::integer,
                        '1970-01-01 00:00:00+00'::timestamptz + $3 / 1000000 * interval '1 second'
                            + $3 % 1000000 * interval '1 microsecond', $4::integer, $5, $6,
                        $7::json::text, $8::json::text), 'hex') AS hash
                    """,
                    .init(
                        event.seq, event.version, event.recordedMicroseconds, event.schemaVersion, event.stream,
                        event.type, event.payload, event.metadata)
                ).first
                #expect(try row?.decode("hash") == vector.leafHash, "\(vector.name)")
            }
        }
    }

    @Test func `append_batch hashes what it records like the vectors`() async throws {
        try await ProjectedLog.run { log in
            let store = PostgresLedgerStore(pool: log.pool)
            for (index, vector) in Self.vectors.enumerated() {
                let event = EncodedEvent(type: vector.event.type, schemaVersion: 3, payload: vector.event.payload)
                let write = StreamWrite(
                    stream: StreamName(category: "job", id: "電力-\(index)"), expected: .exactly(0), events: [event])
                _ = try await log.events.append(
                    AppendRequest(
                        writes: [write], metadata: EventMetadata(actor: "user:Zoë", requestID: "a\u{0}b\n\"\\")))
            }
            let count = Int64(Self.vectors.count)
            let stored = try await log.pool.query("SELECT leaf_hash FROM event_log ORDER BY seq").rows.map {
                try $0.digest("leaf_hash")
            }
            var computed: [SHA256Digest] = []
            for seq in 1...count { computed.append(try #require(await store.event(seq)).leafHash) }
            #expect(computed == stored)
            #expect(try await store.leaves(after: 0, through: count) == stored)
        }
    }
}

import ControlPlane
import Domain
import EventSourcing
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Persistence

/// Old events mean the same to Swift and to SQL.
@Suite struct UpcastTests {
    /// A function that reads an event by these upcasts.
    private func makeReader(_ upcasts: [String: [Upcast]], on connection: PostgresConnection) async throws {
        try await connection.execute(
            script: """
                CREATE TYPE stored AS (seq bigint, type text, schema_version integer, payload jsonb);
                CREATE FUNCTION read_event(e stored) RETURNS jsonb LANGUAGE plpgsql AS $$
                BEGIN
                \(UpcastSQL.statements(for: ["thing.changed", "thing.stayed"], upcasts: upcasts))
                    RETURN e.payload;
                END $$;
                """)
    }

    private func expectAgreement(
        _ upcasts: [Upcast], _ payloads: [String], from version: Int, on connection: PostgresConnection
    ) async throws {
        let changes = upcasts[(version - 1)...].joined()
        let read = try payloads.map { payload in
            try changes.reduce(payload) { try $1.applied(to: $0) }
        }
        var parameters = PostgresParameters(Int32(version))
        parameters.add(array: payloads)
        parameters.add(array: read)
        let rows = try await connection.query(
            """
            SELECT p.payload, p.swift, read_event(ROW (1, 'thing.changed', $1, p.payload::jsonb)::stored)::text AS sql
            FROM unnest($2::text[], $3::text[]) AS p (payload, swift)
            WHERE read_event(ROW (1, 'thing.changed', $1, p.payload::jsonb)::stored) IS DISTINCT FROM p.swift::jsonb
            """, parameters
        ).rows
        for row in rows {
            Issue.record(
                """
                \(upcasts) from v\(version): \(try row.decode("payload", as: String.self)) becomes \
                \(try row.decode("swift", as: String.self)) in Swift, \
                \(try row.decodeOptional("sql", as: String.self) ?? "NULL") in SQL
                """)
        }
    }

    @Test func `random upcasts of random payloads come to the same in Swift and in SQL`() async throws {
        try await withScratchConnection { connection in
            var generator = SeededGenerator(seed: 11)
            for round in 0..<60 {
                let upcasts = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    (0..<Int.random(in: 1...4, using: &generator)).map { _ in PayloadChange.any(using: &generator) }
                }
                if round > 0 {
                    try await connection.execute(script: "DROP FUNCTION read_event(stored); DROP TYPE stored")
                }
                try await makeReader(["thing.changed": upcasts], on: connection)
                let payloads = (0..<60).map { _ in RandomJSON.object(depth: 3, using: &generator) }
                for version in 1...(upcasts.count + 1) {
                    try await expectAgreement(upcasts, payloads, from: version, on: connection)
                }
            }
        }
    }

    @Test func `numbers keep their digits, and texts their characters`() async throws {
        try await withScratchConnection { connection in
            let upcast: Upcast = [
                .move("n", to: "inner.n"), .add("text", .string("„Ü\"\\\n\t 漢 '")), .wrap("s", in: "was"),
            ]
            try await makeReader(["thing.changed": [upcast]], on: connection)
            let payload = #"{ "n": 12345678901234567890.10 , "inner":{"x":[1,{"n":2}]},"s":"\u00e9\ud83d\ude80\\" }"#
            try await expectAgreement([upcast], [payload], from: 1, on: connection)
            let swift = try upcast.reduce(payload) { try $1.applied(to: $0) }
            #expect(swift.contains("12345678901234567890.10"))
            #expect(swift.contains(#"{"was":"\u00e9\ud83d\ude80\\"}"#))
        }
    }

    @Test func `an event of a version that is not known is refused with its seq, for changed types and for others`()
        async throws
    {
        try await withScratchConnection { connection in
            try await makeReader(["thing.changed": [[], []]], on: connection)
            for (type, version) in [("thing.changed", 3), ("thing.stayed", 1)] {
                let row = try await connection.query(
                    "SELECT read_event(ROW (7, $1, $2, '{}')::stored)::text AS payload", .init(type, Int32(version))
                ).first
                #expect(try row?.decode("payload") == "{}")
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.query(
                        "SELECT read_event(ROW (7, $1, $2, '{}')::stored)", .init(type, Int32(version + 1)))
                }
                #expect("\(error as Any)".contains("event 7 (\(type)) has schema version \(version + 1)"))
            }
        }
    }

    @Test func `a read model of old and new checks shows both alike`() async throws {
        try await ProjectedLog.run { log in
            let id = ConnectionID(UUID())
            let stream = StreamName(category: "connection", id: "\(id)")
            let old = #"{"healthy":false,"latency_ms":12,"version":"471","reason":"refused"}"#
            let created = try ConnectionCodec.encode(
                .created(
                    ConnectionCreated(
                        workspace: Identifier(UUID()), name: "main",
                        settings: .trino(TrinoSettings(url: "http://t:1", user: "u")), hasSecret: false)))
            _ = try await log.events.append(
                AppendRequest(
                    writes: [
                        StreamWrite(
                            stream: stream, expected: .exactly(0),
                            events: [
                                created, EncodedEvent(type: "connection.checked", schemaVersion: 1, payload: old),
                            ])
                    ], metadata: EventMetadata(actor: "user:ada")))
            let (store, fence) = (try log.store(), try await log.fence())
            try await store.install(fence: fence)
            try await log.catchUp(store, fence)
            let found = try await log.readModels.connection(id)
            let expected = ConnectionChecked(
                isHealthy: false, latencyMilliseconds: 12, version: "471", reason: "refused")
            #expect(found?.lastCheck == expected)
            let state = try await Transactor(store: log.events).load(ConnectionDecider.self, stream).state
            #expect(state.lastCheck == expected)
        }
    }
}

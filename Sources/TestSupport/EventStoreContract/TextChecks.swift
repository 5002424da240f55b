import EventSourcing
import Testing

extension EventStoreContract {
    /// JSON texts that a store which parses and writes again would change.
    private static let texts = [
        "{}", " { \"b\" : 1 ,\n\t\"a\":2 }\r\n", #"{"z":1,"a":2,"m":3}"#, #"{"same":1,"same":2}"#,
        #"{"n":1.0,"e":1E+2,"big":123456789012345678901234567890,"small":0.10000000000000000001,"zero":-0}"#,
        #"{"escaped":"\u00e9\u0041\/\\\"\n","plain":"é/"}"#, #"{"nul":"a\u0000b"}"#,
        #"{"emoji":"👩🏽‍🚒","pair":"\ud83d\ude80","cjk":"漢字","rtl":"עברית","line":"a\#u{2028}b"}"#,
        "{\"composed\":\"\u{e9}\",\"decomposed\":\"e\u{301}\",\"bom\":\"\u{feff}\"}",
        #"{"sql":"'; DROP TABLE event_log; --","copy":"\\N\t\\.","braces":"{\"a\",NULL}"}"#,
    ]

    private static let everything = EventMetadata(
        actor: "user:ada", onBehalfOf: "user:bob", requestID: "0192-“req”", correlation: "c/1", causation: .max,
        idempotencyKey: "k \"quoted\" \\ é", clientAddress: "2001:db8::1",
        traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

    /// That what goes in comes out.
    static let textChecks: [Check] = [
        Check("The text of a payload is kept byte for byte") { log async throws in
            let events = texts.map { EncodedEvent(type: "thing.happened", schemaVersion: 1, payload: $0) }
            try await log.appended(
                StreamWrite(stream: ContractLog.stream("a"), expected: .exactly(0), events: events))
            let all = try await log.all()
            try #require(all.count == texts.count)
            for (envelope, text) in zip(all, texts) {
                #expect(Array(envelope.event.payload.utf8) == Array(text.utf8), "\(text)")
            }
        },
        Check("Types and schema versions are kept") { log async throws in
            let events = [
                EncodedEvent(type: "thing.made", schemaVersion: 1, payload: "{}"),
                EncodedEvent(type: "thing.changed_much", schemaVersion: 12, payload: "{}"),
            ]
            try await log.appended(
                StreamWrite(stream: ContractLog.stream("a"), expected: .exactly(0), events: events))
            #expect(try await log.all().map(\.event) == events)
        },
        Check("Metadata are kept, for every event of the request") { log async throws in
            for (version, metadata) in [everything, EventMetadata(actor: "service:saga")].enumerated() {
                let write = ContractLog.write("a", .exactly(version * 2), events: 2)
                let outcome = try await log.store.append(AppendRequest(writes: [write], metadata: metadata))
                #expect(outcome.receipt != nil)
                let found = try await log.store.readStream(write.stream, after: version * 2, limit: 10)
                #expect(found.map(\.metadata) == [metadata, metadata])
            }
        },
        Check("A stream's name is kept, with whatever is in its id") { log async throws in
            let ids = ["0192f6a1-7b2c-7d3e-8f40-0123456789ab", "a-b-c", "with space", "é漢", "'; --", "A", "a"]
            for id in ids { try await log.appended(ContractLog.write(id, .exactly(0))) }
            #expect(try await log.all().map(\.stream) == ids.map(ContractLog.stream))
        },
    ]
}

import EventSourcing
import Testing

/// An event that has had three versions.
private struct ThingMeasured: EventPayload {
    static let type = "thing.measured"
    static let upcasts: [Upcast] = [
        [.rename("val", to: "value"), .add("unit", .string("ms"))],
        PayloadChange.nest(["value", "unit"], in: "reading")
            + [.map("kind", [PayloadMapping(.string("l"), to: .string("latency"))])],
    ]

    struct Reading: Codable, Hashable {
        let value: Double
        let unit: String
    }

    let kind: String
    let reading: Reading
}

private enum ThingCodec: EventCodec {
    static let category = "thing"
    static let payloads: [PayloadCoding<ThingMeasured>] = [.init(ThingMeasured.self) { $0 }]
    static func payload(of event: ThingMeasured) -> any EventPayload { event }
}

@Suite struct UpcastingTests {
    private func read(_ payload: String, version: Int) throws -> ThingMeasured {
        try ThingCodec.decode(EncodedEvent(type: "thing.measured", schemaVersion: version, payload: payload))
    }

    @Test func `each version is read through all that came after it`() throws {
        let expected = ThingMeasured(kind: "latency", reading: .init(value: 1.5, unit: "ms"))
        #expect(try read(#"{"kind":"l","val":1.5}"#, version: 1) == expected)
        #expect(try read(#"{"kind":"l","value":1.5,"unit":"ms"}"#, version: 2) == expected)
        #expect(try read(#"{"kind":"latency","reading":{"value":1.5,"unit":"ms"}}"#, version: 3) == expected)
        #expect(try ThingCodec.encode(expected).schemaVersion == 3)
    }

    @Test func `a payload that does not fit its version is an error, and never a trap`() {
        for payload in ["", "{", "[]", "null", "7", #"{"val"}"#, #"{"val":1.5"#, "{]", #"{"kind":"l","val":[}"#] {
            for version in 1...3 {
                #expect(throws: EventDecodingError.self, "\(payload)") { try read(payload, version: version) }
            }
        }
    }

    @Test(arguments: [
        (PayloadChange.add("a", .integer(1)), #"{"a":null}"#, #"{"a":null}"#),
        (.add("a.b", .bool(false)), #"{"a":{}}"#, #"{"a":{"b":false}}"#),
        (.add("a.b", .null), #"{"a":[1]}"#, #"{"a":[1]}"#),
        (.remove("a"), #"{"a":1,"b":2}"#, #"{"b":2}"#),
        (.rename("a", to: "b"), #"{ "a" : 1.0 , "b":2}"#, #"{"b":1.0}"#),
        (.move("a", to: "b.c"), #"{"a":1}"#, #"{"a":1}"#),
        (.move("a.b", to: "c"), #"{"a":{"b":[ 1 ]}}"#, #"{"a":{},"c":[ 1 ]}"#),
        (.wrap("a", in: "b"), #"{"a":"\u00e9"}"#, #"{"a":{"b":"\u00e9"}}"#),
        (.wrap("a", in: "b"), "[1]", "[1]"),
        (.map("a", [PayloadMapping(.string("é"), to: .emptyObject)]), #"{"a":"\u00e9"}"#, #"{"a":{}}"#),
        (.map("a", [PayloadMapping(.bool(true), to: .string("x\"\u{1}"))]), #"{"a":true}"#, #"{"a":"x\"\u0001"}"#),
        (.map("a", [PayloadMapping(.string("true"), to: .null)]), #"{"a":true}"#, #"{"a":true}"#),
        (.remove("b"), #"{"a":1,"a":2}"#, #"{"a":2}"#),
    ])
    func `a change does what it says, and leaves what it does not find`(
        change: PayloadChange, payload: String, expected: String
    ) throws {
        #expect(try change.applied(to: payload) == expected)
    }
}
